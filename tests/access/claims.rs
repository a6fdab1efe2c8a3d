//! What a claim can do, and what it cannot.
use crate::folder::succeeded;
use crate::site::{DASHBOARD, project, serve};
use serde_json::{Value, json};
use tarn_tests::{Cors, Server, Site, Whoami, in_browser};

fn viewer(region: &Value) -> Whoami {
    Whoami::Known(json!({ "sub": "ada", "name": "Ada", "groups": ["staff"], "profile": { "region": region } }))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_chooses_the_viewers_own_data() {
    for (region, orders) in [("north", 7), ("south east", 8)] {
        let server = serve(viewer(&json!(region))).await;
        in_browser(async |page| {
            page.open_ready(&server.url("?page=mine")).await;
            assert_eq!(page.call("return tarn.result('kpi-orders').rows").await, json!([[orders]]));
            page.assert_no_complaints().await;
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_no_name_leads_nowhere() {
    let long = "x".repeat(300);
    let hostile = [
        json!(null),
        json!(""),
        json!("."),
        json!(".."),
        json!("../north"),
        json!("north/../south east"),
        json!("north\\..\\x"),
        json!("north\u{0}"),
        json!("north\n"),
        json!(long),
        json!({ "a": "north" }),
    ];
    for region in hostile {
        let server = serve(viewer(&region)).await;
        in_browser(async |page| {
            page.open(&server.url("?page=mine")).await;
            page.wait_for("document.querySelector('[data-view=kpi-orders]')?.dataset.state === 'error'", "the view has no data").await;
        })
        .await;
        let asked: Vec<String> = server.log().into_iter().map(|entry| entry.path).filter(|path| path.contains("region=")).collect();
        assert!(asked.iter().all(|path| path.starts_with("data/region=%7Buser.region%7D/")), "{region} led to {asked:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_claims_is_text_and_nothing_else() {
    let payloads = [
        "<img src=x onerror=\"globalThis.executed = 1\">",
        "\"><script>globalThis.executed = 1</script>",
        "javascript:globalThis.executed=1",
        "?a=b&region=south east",
        "%2e%2e%2fnorth",
        "${globalThis.executed = 1}",
        "</script>",
    ];
    for payload in payloads {
        let claims =
            |groups: Value| Whoami::Known(json!({ "sub": payload, "name": payload, "groups": groups, "profile": { "region": payload } }));
        let server = serve(claims(json!(["staff", payload]))).await;
        in_browser(async |page| {
            page.open_ready(&server.url("")).await;
            let title = page
                .call("return [...document.querySelectorAll('button')].find((button) => button.textContent === 'Sign out').title")
                .await;
            assert_eq!(title, json!(format!("Signed in as {payload}")));
            server.set_whoami(claims(json!([payload])));
            page.reload().await;
            page.wait_for("document.querySelector('main.fatal')", "there is an explanation").await;
            assert!(page.text().await.contains(payload), "{}", page.text().await);
            assert_eq!(
                page.call("return [globalThis.executed ?? null, document.querySelectorAll('main img, main script').length]").await,
                json!([null, 0])
            );
            page.assert_no_complaints().await;
        })
        .await;
        assert_eq!(server.violations(), Vec::<String>::new());
    }
}

/// As each of them answers, by its documentation; a load balancer of AWS stands before a target that answers plainly.
#[tokio::test(flavor = "multi_thread")]
async fn the_answer_of_every_provider_is_understood() {
    let claims =
        |groups: &str| json!([{ "typ": "name", "val": "Ada" }, { "typ": groups, "val": "everyone" }, { "typ": groups, "val": "staff" }]);
    for (provider, answers) in [
        ("plain", vec![json!({ "sub": "1", "name": "Ada", "groups": ["staff"] })]),
        (
            "oauth2-proxy",
            vec![json!({ "user": "1", "email": "ada@example.com", "groups": ["everyone", "staff"], "preferredUsername": "Ada" })],
        ),
        (
            "mod_auth_openidc",
            vec![json!({ "id_token": { "sub": "1", "iss": "https://example.com" }, "userinfo": { "name": "Ada", "groups": ["staff"] } })],
        ),
        (
            "cloudflare",
            vec![
                json!({ "user_uuid": "1", "email": "ada@example.com", "name": "Ada", "groups": [{ "id": "7", "name": "staff" }] }),
                json!({ "user_uuid": "1", "email": "ada@example.com", "name": "Ada", "groups": ["staff"] }),
                json!({ "user_uuid": "1", "email": "ada@example.com", "name": "Ada", "custom": { "groups": ["staff"] } }),
            ],
        ),
        (
            "azure",
            vec![
                json!([{ "provider_name": "aad", "user_id": "ada@example.com", "user_claims": claims("groups") }]),
                json!([{ "provider_name": "aad", "user_id": "ada@example.com", "user_claims": claims("roles") }]),
            ],
        ),
    ] {
        let folder = project(&format!("provider-{provider}"));
        let identity = format!("url: /whoami, provider: {provider}, logout: /bye.html");
        let yaml = DASHBOARD.replace("region={user.region}", "region=north").replace(", claims: { region: profile.region }", "");
        folder.write("dashboard.yaml", yaml.replace("url: /whoami, login: \"/login.html?back={url}\", logout: /bye.html", &identity));
        succeeded(&folder.tarn(&["build", "--out", "site", "--unprotected"]));
        let server = Server::start(Site::from_folder(&folder.join("site")), "/", Cors::Missing).await;
        in_browser(async |page| {
            for answer in answers {
                server.set_whoami(Whoami::Known(answer.clone()));
                page.open_ready(&server.url("")).await;
                let shown = "return [tarn.pages().map((page) => page.title), [...document.querySelectorAll('button')].find((button) => button.textContent === 'Sign out').title]";
                assert_eq!(page.call(shown).await, json!([["All", "Mine"], "Signed in as Ada"]), "{provider}: {answer}");
            }
        })
        .await;
    }
}
