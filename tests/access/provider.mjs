// node provider.mjs REDIRECT_URI NODE_MODULES: npm's oidc-provider with five accounts, on a free port of loopback, which it prints.
// Its own page asks for the name; consent is given beforehand.
import { createServer } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [redirect, modules] = process.argv.slice(2);
const { Provider } = await import(pathToFileURL(path.join(modules, "oidc-provider/lib/index.js")));
const groups = { ada: ["staff"], sam: ["everyone", "staff"], zoe: ["directors"], eve: ["guests", "staff-of-others", "nostaff"], nobody: [] };

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, {
  clients: [{ client_id: "tarn", client_secret: "a secret of this test", redirect_uris: [redirect], post_logout_redirect_uris: [new URL("/healthz", redirect).href] }],
  claims: { openid: ["sub", "name", "groups"] },
  cookies: { keys: ["a key of this test"] },
  findAccount: (_, id) => groups[id] && { accountId: id, claims: () => ({ sub: id, name: `Name of ${id}`, groups: groups[id] }) },
  loadExistingGrant: async ({ oidc }) => {
    const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope("openid");
    await grant.save();
    return grant;
  },
});
server.on("request", provider.callback());
console.log(issuer);
