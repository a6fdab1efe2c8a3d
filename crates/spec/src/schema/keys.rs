//! Every key of a dashboard file, by the mapping that it stands in.
use super::view_keys::{VIEW, VIEWS};

/// A mapping of the file.
pub(super) struct Object {
    /// As error messages call it.
    pub what: &'static str,
    /// Its heading in the reference, under which the keys are described.
    pub heading: &'static str,
    pub keys: &'static [Key],
}

pub(super) struct Key {
    pub name: &'static str,
    pub required: bool,
    pub value: Form,
}

/// What a value looks like.
#[derive(Clone, Copy)]
pub(super) enum Form {
    /// A scalar: YAML's `2001` is a text, too.
    Text,
    Number,
    Boolean,
    Any,
    Null,
    One(&'static [&'static str]),
    /// Another mapping of the list, by what it is.
    Object(&'static str),
    List(&'static Form),
    /// The form, or a list of it.
    Several(&'static Form),
    /// From names that the author chooses.
    Named(&'static Form),
    Either(&'static [Form]),
}

pub(super) const fn required(name: &'static str, value: Form) -> Key {
    Key { name, required: true, value }
}

pub(super) const fn optional(name: &'static str, value: Form) -> Key {
    Key { name, required: false, value }
}

pub(super) const TEXTS: Form = Form::Several(&Form::Text);
pub(super) const GRAIN: Form = Form::One(&["second", "minute", "hour", "day", "week", "month", "quarter", "year"]);
const DAYS: Form = Form::One(&["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const DIRECTION: Form = Form::One(&["up", "down"]);
const FILTER_TYPES: Form = Form::One(&["date_range", "range", "multi_select", "select", "search", "boolean", "top"]);
const COMPARISONS: Form = Form::One(&["previous period", "previous year"]);
const PROVIDERS: Form = Form::Text;
pub(super) const ID: Key = optional("id", Form::Text);
pub(super) const ROLES: Key = optional("roles", TEXTS);
const LABEL: Key = optional("label", Form::Text);
const FORMAT: Key = optional("format", Form::Text);
const GOOD: Key = optional("good", DIRECTION);
pub(super) fn objects() -> impl Iterator<Item = &'static Object> {
    OBJECTS.iter().chain(&VIEWS)
}

/// All but those of views.
const OBJECTS: [Object; 18] = [
    Object {
        what: "a dashboard",
        heading: "Top level",
        keys: &[
            required("title", Form::Text),
            required("data", Form::Named(&Form::Object("a source"))),
            required("pages", Form::List(&Form::Object("a page"))),
            optional("parameters", Form::Named(&Form::Object("a parameter"))),
            optional("filters", Form::Named(&Form::Object("a filter"))),
            optional("locale", Form::Text),
            optional("theme", Form::Object("a theme")),
            optional("strings", Form::Text),
            optional("time_zone", Form::Text),
            optional("week_start", DAYS),
            optional("memory_mb", Form::Number),
            optional("access", Form::Object("the access")),
            optional("include", TEXTS),
            optional("tarn", Form::Text),
        ],
    },
    Object {
        what: "a theme",
        heading: "Theme",
        keys: &[
            optional("accent", Form::Either(&[Form::Text, Form::Object("colours by scheme")])),
            optional("series", Form::Either(&[TEXTS, Form::Object("colours by scheme")])),
            optional("sequential", Form::Either(&[TEXTS, Form::Object("colours by scheme")])),
            optional("font", Form::Text),
            optional("radius", Form::Number),
            optional("density", Form::One(&["comfortable", "compact"])),
        ],
    },
    Object { what: "colours by scheme", heading: "Theme", keys: &[required("light", TEXTS), required("dark", TEXTS)] },
    Object {
        what: "a source",
        heading: "Sources",
        keys: &[
            required("source", TEXTS),
            required("ttl", Form::Text),
            optional("max_stale", Form::Text),
            required("schema", Form::Named(&Form::Text)),
            optional("time", Form::Text),
            optional("dimensions", Form::Named(&Form::Either(&[Form::Text, Form::Object("a dimension")]))),
            optional(
                "measures",
                Form::Named(&Form::Either(&[
                    Form::Text,
                    Form::Object("a measure"),
                    Form::Object("a running measure"),
                    Form::Object("a moving measure"),
                ])),
            ),
        ],
    },
    Object { what: "a dimension", heading: "Dimensions", keys: &[required("sql", Form::Text), LABEL, FORMAT] },
    Object {
        what: "a measure",
        heading: "Measures",
        keys: &[required("sql", Form::Text), LABEL, FORMAT, GOOD, optional("hidden", Form::Boolean)],
    },
    Object { what: "a running measure", heading: "Measures", keys: &[required("running", Form::Text), LABEL, FORMAT, GOOD] },
    Object {
        what: "a moving measure",
        heading: "Measures",
        keys: &[required("moving", Form::Text), required("window", Form::Number), LABEL, FORMAT, GOOD],
    },
    Object {
        what: "a filter",
        heading: "Filters",
        keys: &[
            required("field", TEXTS),
            required("type", FILTER_TYPES),
            LABEL,
            optional("default", Form::Any),
            optional("compare", COMPARISONS),
            optional("required", Form::Boolean),
            optional("by", Form::Text),
            FORMAT,
        ],
    },
    Object {
        what: "a parameter",
        heading: "Parameters",
        keys: &[
            required("type", Form::One(&["integer", "number", "text", "date", "boolean"])),
            required("default", Form::Any),
            LABEL,
            FORMAT,
            optional("values", Form::List(&Form::Any)),
            optional("min", Form::Any),
            optional("max", Form::Any),
            optional("step", Form::Number),
        ],
    },
    Object {
        what: "a page",
        heading: "Pages",
        keys: &[required("title", Form::Text), required("rows", Form::List(&Form::Several(&VIEW))), optional("filters", TEXTS), ID, ROLES],
    },
    Object {
        what: "bins",
        heading: "Views",
        keys: &[required("width", Form::Number), optional("from", Form::Number), optional("to", Form::Number)],
    },
    Object {
        what: "a reference",
        heading: "References",
        keys: &[
            optional("at", Form::Either(&[Form::Number, Form::Text])),
            optional("from", Form::Either(&[Form::Number, Form::Text])),
            optional("to", Form::Either(&[Form::Number, Form::Text])),
            LABEL,
        ],
    },
    Object {
        what: "a facet",
        heading: "Small multiples",
        keys: &[
            required("by", Form::Text),
            optional("columns", Form::Number),
            optional("limit", Form::Number),
            optional("scales", Form::One(&["shared", "free"])),
        ],
    },
    Object {
        what: "a style",
        heading: "Views",
        keys: &[
            optional("bar", Form::Boolean),
            optional("warn", Form::Text),
            optional("scale", Form::One(&["good-bad"])),
            optional("range", Form::List(&Form::Number)),
        ],
    },
    Object {
        what: "the access",
        heading: "Access",
        keys: &[
            required("identity", Form::Either(&[Form::Text, Form::Object("the identity")])),
            required("roles", Form::Named(&Form::Object("a role"))),
        ],
    },
    Object {
        what: "the identity",
        heading: "Identity",
        keys: &[
            required("url", Form::Text),
            optional("provider", PROVIDERS),
            optional("claims", Form::Named(&Form::Text)),
            optional("login", Form::Text),
            optional("logout", Form::Text),
            optional("silent_login", TEXTS),
        ],
    },
    Object {
        what: "a role",
        heading: "Roles",
        keys: &[required("groups", TEXTS), optional("includes", TEXTS), optional("defaults", Form::Named(&Form::Any))],
    },
];

/// A key without a value is written `key:` while the author is still typing.
pub(super) const NOTHING: Form = Form::Null;
