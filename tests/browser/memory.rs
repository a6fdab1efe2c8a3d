//! What a page that stays open for days must not do: take memory for what the viewer does again and again.
use tarn_tests::{Cors, Server, Site, in_browser};

/// The module's memory is one of its exports, whose names nobody knows.
const FIND_MEMORY: &str = "
    const { instantiate } = WebAssembly;
    WebAssembly.instantiate = async (...given) => {
        const made = await instantiate.apply(WebAssembly, given);
        globalThis.mainMemory ??= Object.values((made.instance ?? made).exports).find((value) => value instanceof WebAssembly.Memory);
        return made;
    };";

#[tokio::test(flavor = "multi_thread")]
async fn opening_pages_again_takes_no_memory() {
    let server = Server::start(Site::built(), "/", Cors::Missing).await;
    in_browser(async |page| {
        page.before_every_document(FIND_MEMORY).await;
        page.open_ready(&server.url("")).await;
        let grown = page
            .call(
                "const open = async (times) => {
                    for (let at = 0; at < times; at++) {
                        await tarn.setPage(at % 2 ? 'overview' : 'operations');
                    }
                    return mainMemory.buffer.byteLength;
                };
                const before = await open(60);
                return await open(80) - before;",
            )
            .await;
        let grown = grown.as_u64().unwrap();
        // Some steps of the heap. Notes of readers that are gone took 28 kB for each page.
        assert!(grown <= 8 << 16, "{grown} bytes for 80 pages");
        page.assert_no_complaints().await;
    })
    .await;
}
