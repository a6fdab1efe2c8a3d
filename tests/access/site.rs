//! A small site with roles, built once.
use crate::folder::{Folder, succeeded};
use crate::provider::Provider;
use std::sync::OnceLock;
use tarn_tests::{Cors, Server, Site, Whoami};

pub const DASHBOARD: &str = r#"title: Sales
access:
  identity: { url: /whoami, login: "/login.html?back={url}", logout: /bye.html, claims: { region: profile.region } }
  roles:
    viewer: { groups: [staff] }
    boss: { groups: [directors], includes: [viewer] }
data:
  sales:
    source: data/sales.parquet
    ttl: 1h
    schema: { day: date, amount: double, shop: string }
    measures: { total: sum(amount) }
  regional:
    source: data/region={user.region}/orders.parquet
    ttl: 1h
    schema: { pieces: int64 }
    measures: { orders: sum(pieces) }
  plans:
    source: data/plans.parquet
    ttl: 1h
    schema: { cost: double }
    measures: { cost_of_plans: sum(cost) }
filters:
  shop: { field: sales.shop, type: multi_select }
pages:
  - { title: All, roles: [viewer], filters: [shop], rows: [[kpi: total, { bar: total, by: shop, selects: shop }]] }
  - { title: Secret plans, roles: [boss], rows: [[{ kpi: total, title: Hidden total }, kpi: cost_of_plans]] }
  - { title: Mine, roles: [viewer], rows: [[kpi: orders]] }
"#;

/// The author's folder, with data for every source.
pub fn project(name: &str) -> Folder {
    let folder = Folder::new(name);
    for region in ["north", "south east"] {
        std::fs::create_dir_all(folder.join(&format!("data/region={region}"))).unwrap();
    }
    folder.duckdb(
        "copy (select date '2024-01-01' + i::int as day, i::double as amount, 'shop ' || (i % 3) as shop from range(101) t(i)) to 'data/sales.parquet'",
    );
    folder.duckdb("copy (select 3::double as cost) to 'data/plans.parquet'");
    folder.duckdb("copy (select 7::bigint as pieces) to 'data/region=north/orders.parquet'");
    folder.duckdb("copy (select 8::bigint as pieces) to 'data/region=south east/orders.parquet'");
    folder.write("dashboard.yaml", DASHBOARD);
    folder
}

/// The same for a site whose server asks the stand-in for oauth2-proxy. Without an address for the login: the server sends navigations
/// there by itself, and the hidden frame.
pub fn project_before(provider: &Provider, name: &str) -> Folder {
    let folder = project(name);
    let identity = format!("logout: /oauth2/sign_out, silent_login: \"http://localhost:{}\"", provider.port);
    folder.write("dashboard.yaml", DASHBOARD.replace("login: \"/login.html?back={url}\", logout: /bye.html", &identity));
    folder
}

/// The built site, with the pages that its proxy would have.
pub fn built() -> Site {
    static BUILT: OnceLock<Site> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            let folder = project("access");
            succeeded(&folder.tarn(&["build", "--out", "site", "--unprotected"]));
            let site = Site::from_folder(&folder.join("site"));
            let plain = |title: &str| format!("<!doctype html><title>{title}</title><link rel=icon href=data:,><p>{title}");
            // The test server takes paths as they travel.
            let coded = std::fs::read(folder.join("site/data/region=south east/orders.parquet")).unwrap();
            let site = site.with_file("data/region=south%20east/orders.parquet", coded);
            site.with_file("login.html", plain("Sign in here")).with_file("bye.html", plain("Bye"))
        })
        .clone()
}

pub async fn serve(whoami: Whoami) -> Server {
    let server = Server::start(built(), "/", Cors::Missing).await;
    server.set_whoami(whoami);
    server
}

/// The dashboards of roles that were asked for.
pub fn dashboards(server: &Server) -> Vec<String> {
    server.log().into_iter().map(|entry| entry.path).filter(|path| path.starts_with("roles/")).collect()
}

/// How often the page asked who is looking.
pub fn n_asked(server: &Server) -> usize {
    server.log().iter().filter(|entry| entry.path == "whoami").count()
}
