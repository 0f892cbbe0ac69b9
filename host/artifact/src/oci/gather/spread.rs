//! The order in which things of many sizes are looked at, where not all are. By size alone, a flood of what is a bit smaller
//! than a signature would hide it.

use std::collections::BTreeMap;

/// Classes of like size (powers of two) take turns, and in each the smallest and the largest. A lower rank goes first, whatever
/// its size. `all` is sorted; `of` says rank and size.
pub(super) fn spread<T, R: Copy + Ord>(all: Vec<T>, of: impl Fn(&T) -> (R, u64)) -> Vec<T> {
    let class = |item: &T| {
        let (rank, size) = of(item);
        (rank, size.checked_ilog2())
    };
    let mut left: BTreeMap<_, usize> = BTreeMap::new();
    for item in &all {
        *left.entry(class(item)).or_default() += 1;
    }
    let mut begun: BTreeMap<_, usize> = BTreeMap::new();
    let mut turned = Vec::new();
    for item in all {
        let of @ (rank, size) = class(&item);
        let (before, behind) = (begun.entry(of).or_default(), left.entry(of).or_default());
        *behind = behind.saturating_sub(1);
        turned.push(((rank, (2 * *before).min(2 * *behind + 1), size), item));
        *before += 1;
    }
    turned.sort_by_key(|(turn, _)| *turn);
    turned.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(sizes: &[u64]) -> Vec<u64> {
        spread(sizes.to_vec(), |size| (*size > 1000, *size))
    }

    #[test]
    fn each_class_has_its_turn_and_both_its_ends() {
        assert_eq!(turned(&[4, 5, 6, 7, 8, 16]), [4, 8, 16, 7, 5, 6]);
        assert_eq!(turned(&[0, 1, 1, 2]), [0, 1, 2, 1]);
        assert!(turned(&[]).is_empty());
    }

    #[test]
    fn denied_a_turn_before_those_of_a_lower_rank() {
        assert_eq!(turned(&[4, 5, 2000]), [4, 5, 2000]);
    }
}
