//! Every key of a dashboard file, by the mapping that it stands in.

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

const fn required(name: &'static str, value: Form) -> Key {
    Key { name, required: true, value }
}

const fn optional(name: &'static str, value: Form) -> Key {
    Key { name, required: false, value }
}

const TEXTS: Form = Form::Several(&Form::Text);
const GRAIN: Form = Form::One(&["second", "minute", "hour", "day", "week", "month", "quarter", "year"]);
const DAYS: Form = Form::One(&["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
const DIRECTION: Form = Form::One(&["up", "down"]);
const FILTER_TYPES: Form = Form::One(&["date_range", "range", "multi_select", "select", "search", "boolean", "top"]);
const COMPARISONS: Form = Form::One(&["previous period", "previous year"]);
const PROVIDERS: Form = Form::Text;
const VIEW: Form = Form::Either(&[
    Form::Object("a kpi"),
    Form::Object("a line"),
    Form::Object("an area chart"),
    Form::Object("a pie"),
    Form::Object("a text view"),
    Form::Object("a histogram"),
    Form::Object("a bar chart"),
    Form::Object("a table"),
    Form::Object("a heatmap"),
    Form::Object("a scatter plot"),
]);
/// Keys that every view has.
const TITLE: Key = optional("title", Form::Text);
const SUBTITLE: Key = optional("subtitle", Form::Text);
const WIDTH: Key = optional("width", Form::Number);
const ID: Key = optional("id", Form::Text);
const ROLES: Key = optional("roles", TEXTS);
const LABEL: Key = optional("label", Form::Text);
const FORMAT: Key = optional("format", Form::Text);
const GOOD: Key = optional("good", DIRECTION);
const COLOR: Key = optional("color", Form::Text);
const SERIES: Key = optional("series", Form::Number);
const OTHER: Key = optional("other", Form::Boolean);
const STACK: Key = optional("stack", Form::Either(&[Form::Boolean, Form::One(&["normalize"])]));
const REFERENCES: Key = optional("references", Form::Several(&Form::Object("a reference")));
const SELECTS: Key = optional("selects", TEXTS);

pub(super) const OBJECTS: [Object; 25] = [
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
            optional("strings", Form::Text),
            optional("time_zone", Form::Text),
            optional("week_start", DAYS),
            optional("access", Form::Object("the access")),
            optional("include", TEXTS),
            optional("tarn", Form::Text),
        ],
    },
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
        what: "a kpi",
        heading: "Views",
        keys: &[required("kpi", TEXTS), optional("target", Form::Either(&[Form::Number, Form::Text])), TITLE, SUBTITLE, WIDTH, ID, ROLES],
    },
    Object {
        what: "a line",
        heading: "Views",
        keys: &[
            required("line", TEXTS),
            required("by", Form::Text),
            optional("grain", Form::Several(&GRAIN)),
            COLOR,
            SERIES,
            OTHER,
            SELECTS,
            REFERENCES,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object {
        what: "an area chart",
        heading: "Views",
        keys: &[
            required("area", TEXTS),
            required("by", Form::Text),
            optional("grain", Form::Several(&GRAIN)),
            COLOR,
            SERIES,
            OTHER,
            STACK,
            SELECTS,
            REFERENCES,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object {
        what: "a histogram",
        heading: "Views",
        keys: &[
            required("histogram", Form::Text),
            required("bins", Form::Object("bins")),
            optional("measure", Form::Text),
            SELECTS,
            REFERENCES,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object {
        what: "a bar chart",
        heading: "Views",
        keys: &[
            required("bar", TEXTS),
            required("by", TEXTS),
            optional("top", Form::Number),
            optional("having", Form::Text),
            COLOR,
            SERIES,
            OTHER,
            STACK,
            SELECTS,
            REFERENCES,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object {
        what: "a pie",
        heading: "Views",
        keys: &[
            required("pie", Form::Text),
            required("by", Form::Text),
            optional("top", Form::Number),
            OTHER,
            optional("hole", Form::Boolean),
            SELECTS,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object { what: "a text view", heading: "Views", keys: &[required("text", Form::Text), TITLE, SUBTITLE, WIDTH, ID, ROLES] },
    Object {
        what: "a heatmap",
        heading: "Views",
        keys: &[
            required("heatmap", Form::Text),
            required("by", TEXTS),
            optional("grain", Form::Several(&GRAIN)),
            SELECTS,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object {
        what: "a scatter plot",
        heading: "Views",
        keys: &[
            required("scatter", TEXTS),
            optional("by", Form::Text),
            optional("size", Form::Text),
            optional("bounds", Form::Named(&Form::List(&Form::Number))),
            optional("points", Form::Number),
            COLOR,
            SERIES,
            SELECTS,
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
    },
    Object {
        what: "a table",
        heading: "Views",
        keys: &[
            required("table", TEXTS),
            required("by", TEXTS),
            optional("limit", Form::Number),
            OTHER,
            optional("having", Form::Text),
            optional("totals", Form::Boolean),
            optional("subtotals", Form::Either(&[Form::Boolean, Form::One(&["collapsed"])])),
            optional("style", Form::Named(&Form::Object("a style"))),
            TITLE,
            SUBTITLE,
            WIDTH,
            ID,
            ROLES,
        ],
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
        ],
    },
    Object { what: "a role", heading: "Roles", keys: &[required("groups", TEXTS), optional("includes", TEXTS)] },
];

/// A key without a value is written `key:` while the author is still typing.
pub(super) const NOTHING: Form = Form::Null;
