//! What compiling costs, estimated from the bytes before the compiler sees them. Most of a compiler's work grows with
//! functions and the length of their code. Some of it (phis, liveness, moves on edges) grows with the values that may
//! be alive at each branch, times the branches of the function: a few kilobytes can take minutes and gigabytes so.
//! Providers of ours come to 23 million such units, 300 functions and 80 kB; what is admitted compiles in seconds.

use wasmparser::{
    BinaryReaderError, FuncToValidate, FuncValidator, FuncValidatorAllocations, FunctionBody, Operator,
    OperatorsReader, Parser, ValidPayload, Validator, ValidatorResources, WasmModuleResources,
};

/// What branches cost where nothing is alive: the compiler's own values are.
const BASE: u64 = 16;

/// The most branching work, in units of one value alive at one branch, times the branches of its function.
const MAX_BRANCHING: u64 = 200_000_000;
/// The most functions.
const MAX_FUNCTIONS: u64 = 10_000;
/// The most code, in bytes.
const MAX_CODE: u64 = 2 << 20;

/// What the functions of a component cost together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effort {
    branching: u64,
    functions: u64,
    code: u64,
}

impl Effort {
    /// Validates the component and adds up its functions. It ends at the first limit that is passed, so that looking
    /// costs little too.
    pub(super) fn of(component: &[u8]) -> Result<Self, BinaryReaderError> {
        let mut effort = Self::default();
        let mut validator = Validator::new();
        let mut allocations = FuncValidatorAllocations::default();
        for payload in Parser::new(0).parse_all(component) {
            if let ValidPayload::Func(function, body) = validator.payload(&payload?)? {
                let (branching, reusable) = cost(function, &body, allocations)?;
                allocations = reusable;
                effort.branching = effort.branching.saturating_add(branching);
                effort.functions += 1;
                effort.code += body.as_bytes().len() as u64;
            }
            if effort.excess().is_some() {
                break;
            }
        }
        Ok(effort)
    }

    /// What there is too much of.
    pub(super) fn excess(&self) -> Option<&'static str> {
        let limits = [
            (
                self.branching > MAX_BRANCHING,
                "code that branches over too many live values: split its functions",
            ),
            (self.functions > MAX_FUNCTIONS, "over 10000 functions"),
            (self.code > MAX_CODE, "over 2 MiB of code"),
        ];
        limits.into_iter().find_map(|(over, what)| over.then_some(what))
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
        | Operator::Loop { .. }
        | Operator::If { .. }
        | Operator::Else
        | Operator::Br { .. }
        | Operator::BrIf { .. }
        | Operator::Return
        | Operator::CallIndirect { .. }
        | Operator::MemoryGrow { .. } => 1,
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
