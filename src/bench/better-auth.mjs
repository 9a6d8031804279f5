// better-auth.mjs migrate|serve: better-auth with its bearer plugin, as its documentation tells, one process for each core.
// Of its guide to performance: the indexes; the session cache is in cookies, which a client with a bearer token does not send.
import cluster from "node:cluster";
import { createServer } from "node:http";
import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/bcrypt";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { bearer } from "better-auth/plugins/bearer";
import pg from "pg";

const port = Number(process.env.PORT);
const pool = new pg.Pool({ connectionString: process.env.DATABASE });
const auth = betterAuth({
  baseURL: `http://localhost:${port}`,
  database: pool,
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => hash(password, 10),
      verify: ({ hash: stored, password }) => verify(password, stored),
    },
  },
  // One client may log in as often as it wants.
  rateLimit: { enabled: false },
  plugins: [bearer()],
});

if (process.argv[2] === "migrate") {
  await (await getMigrations(auth.options)).runMigrations();
  await pool.query('create index if not exists session_of_user on session ("userId")');
  await pool.query('create index if not exists account_of_user on account ("userId")');
  await pool.end();
} else if (cluster.isPrimary) {
  for (let i = 0; i < availableParallelism(); i++) {
    cluster.fork();
  }
} else {
  createServer(toNodeHandler(auth)).listen(port, "127.0.0.1");
}
