/// Which way a column of an order goes, and where its NULLs stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Small to great; never NULL.
    Ascending,
    /// Great to small; never NULL.
    Descending,
    /// NULLs, then small to great.
    AscendingNullsFirst,
    /// Small to great, then NULLs.
    AscendingNullsLast,
    /// NULLs, then great to small.
    DescendingNullsFirst,
    /// Great to small, then NULLs.
    DescendingNullsLast,
}

/// Where the NULLs of a column stand in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nulls {
    /// There are none.
    Never,
    First,
    Last,
}

impl Direction {
    /// From the end to the beginning.
    pub(crate) fn reversed(self) -> Self {
        match self {
            Direction::Ascending => Direction::Descending,
            Direction::Descending => Direction::Ascending,
            Direction::AscendingNullsFirst => Direction::DescendingNullsLast,
            Direction::AscendingNullsLast => Direction::DescendingNullsFirst,
            Direction::DescendingNullsFirst => Direction::AscendingNullsLast,
            Direction::DescendingNullsLast => Direction::AscendingNullsFirst,
        }
    }

    pub(crate) fn is_descending(self) -> bool {
        matches!(
            self,
            Direction::Descending | Direction::DescendingNullsFirst | Direction::DescendingNullsLast
        )
    }

    pub(crate) fn nulls(self) -> Nulls {
        match self {
            Direction::Ascending | Direction::Descending => Nulls::Never,
            Direction::AscendingNullsFirst | Direction::DescendingNullsFirst => Nulls::First,
            Direction::AscendingNullsLast | Direction::DescendingNullsLast => Nulls::Last,
        }
    }
}
