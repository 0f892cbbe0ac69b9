//! What compiling costs, estimated from the bytes before the compiler sees them. Most of a compiler's work grows with
//! the length of the code, which is bounded beside this. Some of it (phis, liveness, moves on edges) grows with the
//! values that may be alive at each branch, times the branches of the function: a few kilobytes can take minutes and
//! gigabytes so. That product is what is summed up here.

use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, Operator,
    OperatorsReader, Parser, ValidPayload, Validator, ValidatorResources, WasmModuleResources,
};

/// What branches cost where nothing is alive: the compiler's own values are.
const BASE: u64 = 16;

/// What the functions of a component cost together, and the one that costs most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effort {
    /// The sum, in units of one value alive at one branch, times the branches of its function.
    pub(super) total: u64,
    /// The costliest function's index in its module.
    pub(super) function: u32,
    /// Its part of the sum.
    most: u64,
}

impl Effort {
    /// Validates the component and adds up its functions.
    pub(super) fn of(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut effort = Self::default();
        let mut validator = Validator::new();
        let mut allocations = FuncValidatorAllocations::default();
        for payload in Parser::new(0).parse_all(component) {
            if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
                let index = function.index;
                let (cost, reusable) = cost(function, &body, allocations)?;
                allocations = reusable;
                effort.add(index, cost);
            }
        }
        Ok(effort)
    }

    fn add(&mut self, function: u32, cost: u64) {
        self.total = self.total.saturating_add(cost);
        if cost > self.most {
            (self.function, self.most) = (function, cost);
        }
    }
}

/// One function: its branches, times the sum over them of what may be alive there.
fn cost(
    function: FuncToValidate<ValidatorResources>,
    body: &FunctionBody<'_>,
    allocations: FuncValidatorAllocations,
) -> Result<(u64, FuncValidatorAllocations), BinaryReaderError> {
    let mut validator = function.into_validator(allocations);
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    let mut operators = OperatorsReader::new(reader);
    let mut loops = Loops::default();
    let (mut branches, mut alive) = (1_u64, may_live(&validator, 0));
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        validator.op(offset, &operator)?;
        loops.see(&operator);
        let edges = edges(&operator);
        branches = branches.saturating_add(edges);
        alive = alive.saturating_add(edges.saturating_mul(may_live(&validator, loops.open)));
    }
    operators.finish()?;
    Ok((branches.saturating_mul(alive), validator.into_allocations()))
}

/// Locals, operands, and a value for each enclosing loop.
fn may_live<T: WasmModuleResources>(validator: &FuncValidator<T>, loops: u64) -> u64 {
    BASE + u64::from(validator.len_locals()) + u64::from(validator.operand_stack_height()) + loops
}

/// Edges of control flow that an instruction adds. Instructions that the engine checks by branching count too.
fn edges(operator: &Operator<'_>) -> u64 {
    match operator {
        Operator::BrTable { targets } => u64::from(targets.len()) + 1,
        Operator::Block { .. }
        | Operator::If { .. }
        | Operator::Else
        | Operator::Br { .. }
        | Operator::BrIf { .. }
        | Operator::Return
        | Operator::CallIndirect { .. }
        | Operator::MemoryGrow { .. } => 1,
        // Each of these is several branches, or may be.
        Operator::TableGet { .. }
        | Operator::TableGrow { .. }
        | Operator::TableFill { .. }
        | Operator::TableCopy { .. }
        | Operator::TableInit { .. } => 4,
        // A loop also looks at the deadline.
        Operator::Loop { .. } => 2,
        _ => 0,
    }
}

/// The loops around the instruction that is read.
#[derive(Default)]
struct Loops {
    blocks: Vec<bool>,
    open: u64,
}

impl Loops {
    fn see(&mut self, operator: &Operator<'_>) {
        match operator {
            Operator::Loop { .. } => {
                self.blocks.push(true);
                self.open += 1;
            }
            Operator::Block { .. } | Operator::If { .. } => self.blocks.push(false),
            Operator::End => {
                let was_loop = self.blocks.pop().unwrap_or(false);
                self.open -= u64::from(was_loop);
            }
            _ => {}
        }
    }
}
