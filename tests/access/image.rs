//! The image of the generated `Dockerfile`, built and run by a real engine, where this machine has one. The image that it starts from is
//! in no registry of packages: the machine's own nginx stands in for it, under its name.
use crate::folder::{Folder, succeeded};
use crate::http::{get, listens};
use crate::nginx::free_port;
use crate::site::project;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Arguments: the folder of the site, a folder for images and what is mounted, the port. What is in `root/` is what the official image has of its own.
const BUILD_AND_RUN: &str = r#"set -e
site=$1 work=$2 port=$3
mkdir -p $work/root/tmp $work/root/etc $work/root/usr/bin $work/root/usr/sbin $work/root/bin $work/root/var/log/nginx $work/root/var/lib/nginx
chmod 1777 $work/root/tmp
for file in "$(command -v nginx || echo /usr/sbin/nginx)" /bin/sh "$(command -v wget)" "$(command -v touch)"; do
  for needed in $file $(ldd $file | grep -o '/[^ ]*'); do mkdir -p $work/root$(dirname $needed); cp -Ln $needed $work/root$needed; done
done
printf 'root:x:0:0::/:/bin/sh\nnginx:x:101:101::/:/bin/sh\n' > $work/root/etc/passwd
printf 'root:x:0:\nnginx:x:101:\n' > $work/root/etc/group
printf 'FROM scratch\nCOPY root /\nENV PATH=/usr/sbin:/usr/bin:/bin\nUSER 101\n' > $work/Containerfile
printf '{"default":[{"type":"insecureAcceptAnything"}]}' > $work/policy.json
store="--root $work/store --runroot $work/run --storage-driver vfs"
base=$(sed -n 's/^FROM //p' $site/Dockerfile)
buildah $store bud --isolation chroot --signature-policy $work/policy.json -q -t $base -f $work/Containerfile $work
buildah $store bud --isolation chroot --signature-policy $work/policy.json --pull-never -q -t dashboards $site
# As compose.yaml says, but for the network: no interface is made for it.
podman $store --cgroup-manager cgroupfs --events-backend none --runtime "$(command -v runc)" run -d --name dashboards --signature-policy $work/policy.json \
  --network host --ulimit nofile=4096:4096 --ulimit nproc=4096:4096 --read-only --tmpfs /tmp:mode=1777,size=16m --cap-drop ALL --security-opt no-new-privileges dashboards
"#;

struct Engine(Folder);

impl Engine {
    fn podman(&self, arguments: &[&str]) -> Output {
        let mut podman = Command::new("podman");
        podman.arg("--root").arg(self.0.join("work/store")).arg("--runroot").arg(self.0.join("work/run"));
        podman.args(["--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none", "--runtime", "/usr/sbin/runc"]);
        podman.args(arguments).output().unwrap()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.podman(&["rm", "--force", "--time", "1", "dashboards"]);
    }
}

#[test]
fn the_image_is_built_and_runs_read_only_without_privileges() {
    let there = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    if !(is_root && ["buildah", "podman", "runc", "wget"].into_iter().all(there)) {
        println!(
            "left out: root with buildah, podman, runc and wget builds and runs it (Debian: apt-get install buildah podman runc wget)"
        );
        return;
    }
    let folder = project("image");
    folder.write("dashboard.yaml", crate::cloudflare::PUBLIC_DASHBOARD);
    let port = free_port();
    succeeded(&folder.tarn(&["build", "--target", "nginx", "--out", "deployed", "--listen", &port.to_string()]));
    let (site, work) = (folder.join("deployed"), folder.join("work"));
    let engine = Engine(folder);
    let output = Command::new("sh").args(["-c", BUILD_AND_RUN, "sh"]).arg(site).arg(work).arg(port.to_string()).output().unwrap();
    succeeded(&output);
    let started = Instant::now();
    while !listens(port) {
        assert!(started.elapsed() < Duration::from_secs(20), "{}", String::from_utf8_lossy(&engine.podman(&["logs", "dashboards"]).stderr));
        std::thread::yield_now();
    }
    assert_eq!(get(port, "/data/plans.parquet", &[("Range", "bytes=0-3")]).body, b"PAR1");
    let inside = |command: &str| engine.podman(&["exec", "dashboards", "sh", "-c", command]).status.success();
    assert!(inside(&format!("wget -q -O /dev/null http://127.0.0.1:{port}/healthz")), "the health check of compose.yaml");
    assert!(!inside("touch /srv/tarn/x") && !inside("touch /x") && inside("touch /tmp/x"), "nothing but /tmp can be written");
    let log = String::from_utf8_lossy(&engine.podman(&["logs", "dashboards"]).stdout).into_owned();
    assert!(log.contains("\"path\":\"/data/plans.parquet\",\"status\":206"), "{log}");
}
