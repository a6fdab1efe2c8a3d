//! The site in a container that runs without privileges and writes nothing.
use super::Options;
use crate::site::Content;
use std::collections::BTreeMap;

/// What runs beside the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    Nothing,
    AuthProxy,
}

const IMAGE: &str = "docker.io/nginxinc/nginx-unprivileged:1.28-alpine";
const AUTH_IMAGE: &str = "quay.io/oauth2-proxy/oauth2-proxy:v7.12.0";

pub fn files(beside: Beside, options: &Options) -> BTreeMap<String, Content> {
    let texts = [
        ("Dockerfile", dockerfile(options)),
        (".dockerignore", "Dockerfile\ncompose.yaml\nkubernetes.yaml\ntarn-build.json\n".to_owned()),
        ("compose.yaml", compose(beside, options)),
        ("kubernetes.yaml", kubernetes(beside, options)),
    ];
    texts.into_iter().map(|(name, text)| (name.to_owned(), Content::Bytes(text.into_bytes()))).collect()
}

fn dockerfile(options: &Options) -> String {
    let root = &options.root;
    // Not every builder lets user 101 open the output that it gives to a step, and the access log is `/dev/stdout`.
    format!(
        "FROM {IMAGE}\nCOPY --chown=0:0 . {root}/\nRUN nginx -t -c {root}/nginx.conf > /dev/null\nUSER 101\nEXPOSE {port}\nENTRYPOINT [\"nginx\", \"-c\", \"{root}/nginx.conf\", \"-g\", \"daemon off;\"]\n",
        port = port(options)
    )
}

/// The port of what `--listen` names.
fn port(options: &Options) -> &str {
    options.listen.rsplit_once(':').map_or(options.listen.as_str(), |(_, port)| port)
}

fn compose(beside: Beside, options: &Options) -> String {
    let port = port(options);
    let mut text = format!(
        "services:\n  dashboards:\n    build: .\n    ports: [\"{port}:{port}\"]\n    read_only: true\n    tmpfs: [\"/tmp:mode=1777,size=16m\"]\n    cap_drop: [ALL]\n    security_opt: [\"no-new-privileges:true\"]\n    restart: unless-stopped\n    healthcheck:\n      test: [\"CMD\", \"wget\", \"-q\", \"-O\", \"/dev/null\", \"http://127.0.0.1:{port}/healthz\"]\n      interval: 30s\n"
    );
    if beside == Beside::AuthProxy {
        // One network: the server asks the service on its own loopback.
        text += &format!(
            "  sign-in:\n    image: {AUTH_IMAGE}\n    network_mode: \"service:dashboards\"\n    # The provider, the client's secret and the cookie's secret: see docs/deploy.md.\n    env_file: sign-in.env\n    environment:\n      OAUTH2_PROXY_HTTP_ADDRESS: {}\n      OAUTH2_PROXY_REVERSE_PROXY: \"true\"\n      OAUTH2_PROXY_SET_XAUTHREQUEST: \"true\"\n      OAUTH2_PROXY_UPSTREAMS: static://202\n    read_only: true\n    cap_drop: [ALL]\n    security_opt: [\"no-new-privileges:true\"]\n    restart: unless-stopped\n",
            options.auth_at
        );
    }
    text
}

fn kubernetes(beside: Beside, options: &Options) -> String {
    let port = port(options);
    let sign_in = match beside {
        Beside::Nothing => String::new(),
        Beside::AuthProxy => format!(
            r#"        - name: sign-in
          image: {AUTH_IMAGE}
          envFrom: [{{ secretRef: {{ name: dashboards-sign-in }} }}]
          env:
            - {{ name: OAUTH2_PROXY_HTTP_ADDRESS, value: "{}" }}
            - {{ name: OAUTH2_PROXY_REVERSE_PROXY, value: "true" }}
            - {{ name: OAUTH2_PROXY_SET_XAUTHREQUEST, value: "true" }}
            - {{ name: OAUTH2_PROXY_UPSTREAMS, value: "static://202" }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {{ drop: [ALL] }}
"#,
            options.auth_at
        ),
    };
    format!(
        r#"# Put the name of the image that you built and pushed in the place of `dashboards:latest`.
apiVersion: apps/v1
kind: Deployment
metadata: {{ name: dashboards, labels: {{ app: dashboards }} }}
spec:
  replicas: 2
  selector: {{ matchLabels: {{ app: dashboards }} }}
  template:
    metadata: {{ labels: {{ app: dashboards }} }}
    spec:
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 101
        seccompProfile: {{ type: RuntimeDefault }}
      containers:
        - name: server
          image: dashboards:latest
          ports: [{{ name: http, containerPort: {port} }}]
          readinessProbe: {{ httpGet: {{ path: /healthz, port: http }} }}
          livenessProbe: {{ httpGet: {{ path: /healthz, port: http }} }}
          resources:
            requests: {{ cpu: 50m, memory: 32Mi }}
            limits: {{ memory: 128Mi }}
          securityContext:
            allowPrivilegeEscalation: false
            readOnlyRootFilesystem: true
            capabilities: {{ drop: [ALL] }}
          volumeMounts: [{{ name: tmp, mountPath: /tmp }}]
{sign_in}      volumes: [{{ name: tmp, emptyDir: {{ sizeLimit: 16Mi }} }}]
---
apiVersion: v1
kind: Service
metadata: {{ name: dashboards }}
spec:
  selector: {{ app: dashboards }}
  ports: [{{ name: http, port: 80, targetPort: http }}]
"#
    )
}
