use crate::Footer;
use crate::column::Values;
use crate::convert::{Conversion, Raw};
use std::borrow::Cow;

impl Footer {
    /// What the footer says of a column of a row group: two values, none is less than the first or greater than the second.
    /// Nulls are left out. Texts may be cut short, other bounds are values of the column; those of floating-point numbers
    /// say nothing of NaN. `None` where the file does not tell, or in a form of old writers that cannot be relied on.
    pub fn bounds(&self, row_group: usize, column: &str) -> Option<Values> {
        let (root, _, conversion) = self.field(column)?;
        let schema = self.metadata().file_metadata().schema_descr();
        let leaf = (0..schema.num_columns()).find(|leaf| schema.get_column_root_idx(*leaf) == root)?;
        if schema.column(leaf).max_rep_level() > 0 {
            return None;
        }
        let statistics = self.metadata().row_groups().get(row_group)?.columns().get(leaf)?.statistics()?;
        let (least, greatest) = (statistics.min_bytes_opt()?, statistics.max_bytes_opt()?);
        if statistics.is_min_max_deprecated() {
            return None;
        }
        values(conversion?, least, greatest).filter(|bounds| bounds.len() == 2)
    }
}

fn values(conversion: Conversion, least: &[u8], greatest: &[u8]) -> Option<Values> {
    let bytes = [least, greatest].concat();
    let raw = match conversion {
        Conversion::Text => {
            // Each on its own: halves of characters must not make a whole one together.
            std::str::from_utf8(least).ok()?;
            let ends = vec![u32::try_from(least.len()).ok()?, u32::try_from(bytes.len()).ok()?];
            Raw::Variable { bytes, ends }
        }
        Conversion::Int if least.len() == 1 && greatest.len() == 1 => Raw::Ints(bytes.iter().map(|byte| i64::from(*byte)).collect()),
        Conversion::Int | Conversion::Uint32 | Conversion::Millis | Conversion::Nanos | Conversion::Float | Conversion::Double
            if least.len() == greatest.len() =>
        {
            Raw::Fixed { bytes: Cow::Owned(bytes), width: least.len() }
        }
        _ => return None,
    };
    conversion.apply(raw).ok()
}
