// npm's oidc-provider, with one client, PKCE required, and forms in which anybody signs in as anybody.
import { Provider } from "oidc-provider";

const { ISSUER, CLIENT, SECRET, BACK } = process.env;
const provider = new Provider(ISSUER, {
    clients: [{
        client_id: CLIENT,
        client_secret: SECRET,
        redirect_uris: [`${BACK}/console/sign-in/callback`],
        post_logout_redirect_uris: [`${BACK}/console/sign-in`],
    }],
    pkce: { required: () => true },
    scopes: ["openid", "groups"],
    claims: { openid: ["sub"], profile: ["name"], groups: ["groups"] },
    findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: "Anna A.", groups: ["crm-clerks", "others"] }),
    }),
});
const server = provider.listen(Number(new URL(ISSUER).port), "127.0.0.1", () => console.log("listening"));
process.on("SIGTERM", () => server.close());
