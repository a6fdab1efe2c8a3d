//! The page as a viewer opens it.
use tarn_tests::{Cors, Server, Site, in_browser};

#[tokio::test(flavor = "multi_thread")]
async fn every_view_is_ready_with_real_data_under_a_sub_path() {
    let server = Server::start(Site::built(), "/teams/air/flights/", Cors::Missing).await;
    in_browser(async |page| {
        page.open_ready(&server.url("")).await;
        let states = page.states().await;
        assert!(states.len() >= 10, "{states:?}");
        let unfinished: Vec<_> = states.iter().filter(|(_, state)| state != "ready").collect();
        assert!(unfinished.is_empty(), "{unfinished:?}");
        page.assert_no_complaints().await;
    })
    .await;
    let outside: Vec<_> = server.log().into_iter().filter(|entry| entry.path.starts_with('/')).collect();
    assert!(outside.is_empty(), "asked outside its folder: {outside:?}");
    assert_eq!(server.violations(), Vec::<String>::new());
}
