use crate::calendar::unit_ordinal;
use crate::column::{Column, Values};
use crate::derived::recode;
use crate::group::{MAX_GROUPS, too_many};
use crate::vector::{Lanes, Vector, decimal_to_float, scale_of};
use tarn_dashboard::{DataType, TimeUnit};
use tarn_protocol::QueryError;

/// Units of time, null left out.
pub(crate) fn time(column: &Column, unit: TimeUnit) -> Result<Column, QueryError> {
    let data_type = column.data_type;
    if !data_type.is_temporal() {
        return Err(QueryError::Unsupported { what: "a time axis over values that are no dates".into() });
    }
    let ordinal = |block: &Vector, row: usize| match &block.lanes {
        Lanes::Int(lanes) => unit_ordinal(data_type, unit, lanes[row]),
        _ => 0,
    };
    let Some((least, greatest)) = extremes(column) else {
        return Ok(recode(column, Values::Units { unit, first: 0 }, 0, &|_, _| None));
    };
    let first = unit_ordinal(data_type, unit, least);
    let n_units = unit_ordinal(data_type, unit, greatest).abs_diff(first) + 1;
    if n_units > MAX_GROUPS {
        return Err(too_many(n_units));
    }
    Ok(recode(column, Values::Units { unit, first }, n_units as u32, &|block, row| Some((ordinal(block, row) - first) as u32)))
}

/// Bins of one width, everything outside left out.
pub(crate) fn bins(column: &Column, from: f64, to: f64, width: f64) -> Result<Column, QueryError> {
    if !column.data_type.is_numeric() {
        return Err(QueryError::Unsupported { what: "bins over values that are no numbers".into() });
    }
    let n_bins = ((to - from) / width).ceil().max(0.0);
    if !(width > 0.0 && n_bins <= MAX_GROUPS as f64) {
        return Err(too_many(n_bins as u64));
    }
    let scale = scale_of(column.data_type);
    let bin = |block: &Vector, row: usize| {
        let value = match &block.lanes {
            Lanes::Int(lanes) => lanes[row] as f64,
            Lanes::Float(lanes) => lanes[row],
            Lanes::Decimal(lanes) => decimal_to_float(lanes[row], scale),
            _ => f64::NAN,
        };
        (value >= from && value < to).then(|| (((value - from) / width).floor() as u32).min(n_bins as u32 - 1))
    };
    let mut key = recode(column, Values::Bins { from, width }, n_bins as u32, &bin);
    key.data_type = DataType::Float64;
    Ok(key)
}

/// Least and greatest value of a column of integers.
fn extremes(column: &Column) -> Option<(i64, i64)> {
    let mut extremes: Option<(i64, i64)> = None;
    let mut widen = |block: &Vector| {
        let Lanes::Int(lanes) = &block.lanes else { return };
        for (_, value) in lanes.iter().enumerate().filter(|(row, _)| block.is_valid(*row)) {
            let (least, greatest) = extremes.unwrap_or((*value, *value));
            extremes = Some((least.min(*value), greatest.max(*value)));
        }
    };
    match column.coded() {
        // The ends of the domain occur, or at least bound what does.
        Some(coded) if matches!(coded.values, Values::Linear { .. }) => {
            let domain = coded.domain_column_ends(column.data_type);
            widen(&domain.read(0..domain.len()));
        }
        _ => (0..column.len()).step_by(4096).for_each(|start| widen(&column.read(start..(start + 4096).min(column.len())))),
    }
    extremes
}
