use crate::changing::changing_text;
use crate::page::{strings, text};
use crate::state::App;
use leptos::prelude::*;
use std::sync::Arc;
use tarn_chart::format_scalar;
use tarn_dashboard::{Block, Inline, View};
use tarn_protocol::ViewResult;

/// An author's words with values in them, an element for each part.
#[component]
pub fn Text(app: App, view: &'static View, result: Signal<Option<Arc<ViewResult>>>) -> impl IntoView {
    let values = Values { app, view, result };
    view! { <div class="text">{view.text.iter().map(|block| values.block(block)).collect_view()}</div> }
}

#[derive(Clone, Copy)]
struct Values {
    app: App,
    view: &'static View,
    result: Signal<Option<Arc<ViewResult>>>,
}

impl Values {
    fn block(self, block: &'static Block) -> AnyView {
        match block {
            // The page's title is the first heading, the card's the second.
            Block::Heading(1, content) => view! { <h3>{self.inlines(content)}</h3> }.into_any(),
            Block::Heading(_, content) => view! { <h4>{self.inlines(content)}</h4> }.into_any(),
            Block::Paragraph(content) => view! { <p>{self.inlines(content)}</p> }.into_any(),
            Block::Quote(content) => view! { <blockquote>{self.inlines(content)}</blockquote> }.into_any(),
            Block::Code(code) => view! { <pre><code>{code.as_str()}</code></pre> }.into_any(),
            Block::Rule => view! { <hr /> }.into_any(),
            Block::List { ordered, items } => {
                let items = items.iter().map(|item| view! { <li>{self.inlines(item)}</li> }).collect_view();
                if *ordered { view! { <ol>{items}</ol> }.into_any() } else { view! { <ul>{items}</ul> }.into_any() }
            }
        }
    }

    fn inlines(self, content: &'static [Inline]) -> impl IntoView {
        content.iter().map(move |inline| self.inline(inline)).collect_view()
    }

    fn inline(self, inline: &'static Inline) -> AnyView {
        match inline {
            Inline::Text(text) => text.as_str().into_any(),
            Inline::Strong(content) => view! { <strong>{self.inlines(content)}</strong> }.into_any(),
            Inline::Emphasis(content) => view! { <em>{self.inlines(content)}</em> }.into_any(),
            Inline::Code(code) => view! { <code>{code.as_str()}</code> }.into_any(),
            Inline::Link(to, content) => view! { <a href=to.as_str() rel="noopener">{self.inlines(content)}</a> }.into_any(),
            Inline::Break => view! { <br /> }.into_any(),
            Inline::Measure(name) => changing_text(move || self.value(name)),
        }
    }

    fn value(self, name: &str) -> String {
        let Self { app, view, result } = self;
        let measure = app.dashboard.source(&view.source).and_then(|source| source.measure(name));
        let value = result.with(|result| Some(result.as_ref()?.table.column(name)?.scalar(0)));
        let written = measure.zip(value).map(|(measure, value)| format_scalar(&measure.format, &value, &text::locale()));
        written.unwrap_or_else(|| strings::NO_VALUE.to_owned())
    }
}
