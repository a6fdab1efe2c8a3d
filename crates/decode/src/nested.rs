//! Lists, structs and maps as JSON text, assembled from the levels of their leaves.
use crate::DecodeError;
use crate::column::{Block, Texts, Values};
use crate::convert::Conversion;
use crate::json;
use crate::leaf::{Leaf, Pages};
use crate::schema::{FieldType, field_type};
use parquet::basic::{ConvertedType, LogicalType, Repetition};
use parquet::schema::types::{Type, TypePtr};
use std::ops::Range;

/// Deeper schemas are refused: assembling a row follows them down.
const MAX_DEPTH: usize = 32;

/// A part of a nested column. Definition levels: at or above `present` it is not null; leaves are numbered from the left.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    present: u8,
    leaves: Range<usize>,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Leaf(FieldType, Conversion),
    Struct(Vec<(String, Node)>),
    /// An item is there at or above the definition level `filled`, another one where the repetition level is `again`.
    List {
        filled: u8,
        again: u8,
        item: Box<Node>,
    },
    Map {
        filled: u8,
        again: u8,
        key: Box<Node>,
        value: Box<Node>,
    },
}

/// Follows a schema down, counting levels and leaves.
#[derive(Clone, Copy)]
struct Place {
    definition: u8,
    repetition: u8,
    depth: usize,
}

impl Node {
    /// `None` when there is something in the column that cannot be read.
    pub fn of_column(root: &Type) -> Option<Self> {
        node(root, Place { definition: 0, repetition: 0, depth: 0 }, &mut 0)
    }

    /// How the leaves' values are converted, from the left.
    pub fn conversions(&self) -> Vec<Conversion> {
        match &self.kind {
            Kind::Leaf(_, conversion) => vec![*conversion],
            Kind::Struct(children) => children.iter().flat_map(|(_, child)| child.conversions()).collect(),
            Kind::List { item, .. } => item.conversions(),
            Kind::Map { key, value, .. } => [key.conversions(), value.conversions()].concat(),
        }
    }
}

fn node(field: &Type, place: Place, next_leaf: &mut usize) -> Option<Node> {
    let info = field.get_basic_info();
    let repetition = if info.has_repetition() { info.repetition() } else { Repetition::REQUIRED };
    match repetition {
        // Without an annotation: a list that cannot be null.
        Repetition::REPEATED => {
            let inner = Place { definition: place.definition + 1, repetition: place.repetition + 1, ..place };
            let first = *next_leaf;
            let item = content(field, inner, next_leaf)?;
            let kind = Kind::List { filled: inner.definition, again: inner.repetition, item: Box::new(item) };
            Some(Node { present: place.definition, leaves: first..*next_leaf, kind })
        }
        Repetition::OPTIONAL => content(field, Place { definition: place.definition + 1, ..place }, next_leaf),
        Repetition::REQUIRED => content(field, place, next_leaf),
    }
}

/// The field without regard to its own repetition.
fn content(field: &Type, place: Place, next_leaf: &mut usize) -> Option<Node> {
    let place = Place { depth: place.depth + 1, ..place };
    if place.depth > MAX_DEPTH {
        return None;
    }
    let first = *next_leaf;
    let kind = match field {
        Type::PrimitiveType { .. } => {
            *next_leaf += 1;
            let (field_type, conversion) = field_type(field);
            let conversion = conversion.or_else(|| repeated_primitive(field))?;
            Kind::Leaf(if let FieldType::Nested(_) = field_type { leaf_type(field)? } else { field_type }, conversion)
        }
        Type::GroupType { fields, .. } => match (annotation(field), fields.as_slice()) {
            (Some("list"), [repeated]) if is_repeated(repeated) => {
                let inner = Place { definition: place.definition + 1, repetition: place.repetition + 1, ..place };
                let item = match element(field, repeated) {
                    Some(element) => node(element, inner, next_leaf)?,
                    None => content(repeated, inner, next_leaf)?,
                };
                Kind::List { filled: inner.definition, again: inner.repetition, item: Box::new(item) }
            }
            (Some("map"), [repeated]) if is_repeated(repeated) && !repeated.is_primitive() => {
                let inner = Place { definition: place.definition + 1, repetition: place.repetition + 1, ..place };
                let [key, value] = repeated.get_fields() else { return None };
                let (key, value) = (Box::new(node(key, inner, next_leaf)?), Box::new(node(value, inner, next_leaf)?));
                Kind::Map { filled: inner.definition, again: inner.repetition, key, value }
            }
            (_, []) => return None,
            (_, fields) => {
                let child = |field: &TypePtr| Some((field.name().to_owned(), node(field, place, next_leaf)?));
                Kind::Struct(fields.iter().map(child).collect::<Option<_>>()?)
            }
        },
    };
    Some(Node { present: place.definition, leaves: first..*next_leaf, kind })
}

fn annotation(field: &Type) -> Option<&'static str> {
    let info = field.get_basic_info();
    match (info.logical_type_ref(), info.converted_type()) {
        (Some(LogicalType::List), _) | (None, ConvertedType::LIST) => Some("list"),
        (Some(LogicalType::Map), _) | (None, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE) => Some("map"),
        _ => None,
    }
}

fn is_repeated(field: &Type) -> bool {
    field.get_basic_info().has_repetition() && field.get_basic_info().repetition() == Repetition::REPEATED
}

/// The element of a three-level list; `None` where the repeated field is the element itself, as older writers had it.
fn element<'a>(list: &Type, repeated: &'a Type) -> Option<&'a Type> {
    if repeated.is_primitive() || repeated.name() == "array" || repeated.name() == format!("{}_tuple", list.name()) {
        return None;
    }
    if let [element] = repeated.get_fields() { Some(element) } else { None }
}

/// A repeated primitive field is a list to whoever looks at the whole field; here its element is wanted.
fn repeated_primitive(field: &Type) -> Option<Conversion> {
    if !is_repeated(field) { None } else { required(field).and_then(|field| field_type(&field).1) }
}

fn leaf_type(field: &Type) -> Option<FieldType> {
    required(field).map(|field| field_type(&field).0).filter(|found| !matches!(found, FieldType::Nested(_)))
}

fn required(field: &Type) -> Option<Type> {
    let mut field = field.clone();
    let Type::PrimitiveType { basic_info, physical_type, type_length, scale, precision } = &mut field else { return None };
    let builder = Type::primitive_type_builder(basic_info.name(), *physical_type).with_repetition(Repetition::REQUIRED);
    let builder = builder.with_logical_type(basic_info.logical_type_ref().cloned()).with_converted_type(basic_info.converted_type());
    builder.with_length(*type_length).with_scale(*scale).with_precision(*precision).build().ok()
}

/// A leaf's column chunk, read completely.
pub(crate) struct Stripe {
    repetitions: Vec<u8>,
    definitions: Vec<u8>,
    values: Vec<Values>,
    full: u8,
    /// The next level, and the next value: its page and its place there.
    level: usize,
    value: (usize, usize),
}

impl Stripe {
    pub fn read(mut pages: Pages, leaf: Leaf) -> Result<Self, DecodeError> {
        let full = u8::try_from(leaf.max_definition).map_err(|_| DecodeError::damaged("levels beyond all bounds"))?;
        let mut stripe = Self { repetitions: vec![], definitions: vec![], values: vec![], full, level: 0, value: (0, 0) };
        while let Some(page) = pages.next()? {
            let definitions = page.definitions(leaf)?.unwrap_or_else(|| vec![full; page.n_levels]);
            let repetitions = if leaf.max_repetition > 0 { page.repetitions(leaf)? } else { vec![0; page.n_levels] };
            let n_values = definitions.iter().filter(|level| **level == full).count();
            if n_values > 0 {
                stripe.values.push(pages.values(&page, leaf, n_values)?);
            }
            stripe.definitions.extend(definitions);
            stripe.repetitions.extend(repetitions);
        }
        Ok(stripe)
    }

    /// Repetition and definition level of what comes next; `None` at the end.
    fn peek(&self) -> Option<(u8, u8)> {
        Some((*self.repetitions.get(self.level)?, *self.definitions.get(self.level)?))
    }

    fn is_full(&self) -> bool {
        self.peek().is_some_and(|(_, definition)| definition == self.full)
    }

    /// Passes a level, and its value where it has one.
    fn pass(&mut self) -> Option<(&Values, usize)> {
        let has_value = self.is_full();
        self.level += 1;
        if !has_value {
            return None;
        }
        let (mut page, mut place) = self.value;
        while self.values.get(page).is_some_and(|values| place >= values.len()) {
            (page, place) = (page + 1, 0);
        }
        self.value = (page, place + 1);
        self.values.get(page).map(|values| (values, place))
    }
}

/// Every row of a row group as JSON text.
pub(crate) fn rows(node: &Node, mut stripes: Vec<Stripe>, n_rows: usize) -> Result<Block, DecodeError> {
    let mut texts = Texts::default();
    let mut valid = vec![];
    for _ in 0..n_rows {
        let Some((0, definition)) = stripes.first().and_then(Stripe::peek) else { return Err(torn()) };
        let is_there = definition >= node.present;
        if is_there {
            write(node, &mut stripes, &mut texts.text)?;
        } else {
            pass(node, &mut stripes)?;
        }
        valid.push(is_there);
        texts.ends.push(u32::try_from(texts.text.len()).map_err(|_| DecodeError::damaged("more text than fits"))?);
    }
    if stripes.iter().any(|stripe| stripe.peek().is_some()) {
        return Err(torn());
    }
    let has_nulls = valid.contains(&false);
    Ok(Block::Plain { values: Values::Texts(texts), valid: has_nulls.then_some(valid) })
}

fn write(node: &Node, stripes: &mut [Stripe], out: &mut String) -> Result<(), DecodeError> {
    let first = node.leaves.start;
    let peek = |stripes: &[Stripe]| stripes.get(first).and_then(Stripe::peek);
    let (_, definition) = peek(stripes).ok_or_else(torn)?;
    if definition < node.present {
        out.push_str("null");
        return pass(node, stripes);
    }
    match &node.kind {
        Kind::Leaf(field_type, _) => match stripes.get_mut(first).and_then(Stripe::pass) {
            Some((values, place)) => json::push_value(out, *field_type, values, place),
            None => out.push_str("null"),
        },
        Kind::Struct(children) => {
            for (index, (name, child)) in children.iter().enumerate() {
                out.push(if index == 0 { '{' } else { ',' });
                json::push_text(out, name);
                out.push(':');
                write(child, stripes, out)?;
            }
            out.push('}');
        }
        Kind::List { filled, .. } | Kind::Map { filled, .. } if definition < *filled => {
            out.push_str(if let Kind::List { .. } = node.kind { "[]" } else { "{}" });
            pass(node, stripes)?;
        }
        Kind::List { again, item, .. } => {
            out.push('[');
            write(item, stripes, out)?;
            while peek(stripes).is_some_and(|(repetition, _)| repetition == *again) {
                out.push(',');
                write(item, stripes, out)?;
            }
            out.push(']');
        }
        Kind::Map { again, key, value, .. } => {
            out.push('{');
            let entry = |stripes: &mut [Stripe], out: &mut String| {
                let mut name = String::new();
                write(key, stripes, &mut name)?;
                if name.starts_with('"') {
                    out.push_str(&name)
                } else {
                    json::push_text(out, &name)
                }
                out.push(':');
                write(value, stripes, out)
            };
            entry(stripes, out)?;
            while peek(stripes).is_some_and(|(repetition, _)| repetition == *again) {
                out.push(',');
                entry(stripes, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Passes the one level that every leaf has for a part that is not there.
fn pass(node: &Node, stripes: &mut [Stripe]) -> Result<(), DecodeError> {
    for stripe in stripes.get_mut(node.leaves.clone()).ok_or_else(torn)? {
        if stripe.peek().is_none() {
            return Err(torn());
        }
        stripe.pass();
    }
    Ok(())
}

fn torn() -> DecodeError {
    DecodeError::damaged("parts of a nested value do not fit together")
}
