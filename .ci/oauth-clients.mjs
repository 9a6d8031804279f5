// Introspection, errors and revocation with the OAuth libraries of Node; see oauth-clients.
import assert from 'node:assert/strict'
import * as oauth from 'oauth4webapi'
import * as openid from 'openid-client'

const { ISSUER, CLIENT, CHECKER_PASSWORD, TOKEN, TOKEN2 } = process.env
const issuer = new URL(ISSUER)

async function oauth4webapi() {
  const http = { [oauth.allowInsecureRequests]: true }
  const client = { client_id: CLIENT }
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http })
  const server = await oauth.processDiscoveryResponse(issuer, discovered)
  const introspect = async (authentication, token) =>
    oauth.processIntrospectionResponse(
      server, client, await oauth.introspectionRequest(server, client, authentication, token, http))
  for (const method of [oauth.ClientSecretBasic, oauth.ClientSecretPost]) {
    const answer = await introspect(method(CHECKER_PASSWORD), TOKEN)
    assert.equal(answer.active, true)
    assert.equal(answer.username, 'andy@example.com')
    assert.equal(answer.scope, 'user')
    assert.equal(answer.iss, ISSUER)
    assert.deepEqual(await introspect(method(CHECKER_PASSWORD), 'nonsense'), { active: false })
    await assert.rejects(introspect(method('wrong'), TOKEN), (e) => {
      assert.ok(e instanceof oauth.WWWAuthenticateChallengeError, e)
      assert.equal(e.status, 401)
      assert.ok(e.cause.some((challenge) => challenge.scheme === 'basic'), e)
      return true
    })
  }
  await assert.rejects(introspect(oauth.None(), TOKEN), oauth.WWWAuthenticateChallengeError)
  await oauth.processRevocationResponse(await oauth.revocationRequest(server, client, oauth.None(), TOKEN, http))
  assert.deepEqual(await introspect(oauth.ClientSecretBasic(CHECKER_PASSWORD), TOKEN), { active: false })
}

async function openidClient() {
  const options = { algorithm: 'oauth2', execute: [openid.allowInsecureRequests] }
  const configure = (authentication) => openid.discovery(issuer, CLIENT, undefined, authentication, options)
  for (const method of [openid.ClientSecretBasic, openid.ClientSecretPost]) {
    const config = await configure(method(CHECKER_PASSWORD))
    const answer = await openid.tokenIntrospection(config, TOKEN2)
    assert.equal(answer.active, true)
    assert.equal(answer.username, 'andy@example.com')
    assert.equal((await openid.tokenIntrospection(config, 'nonsense')).active, false)
    await assert.rejects(openid.tokenIntrospection(await configure(method('wrong')), TOKEN2))
  }
  const config = await configure(openid.ClientSecretBasic(CHECKER_PASSWORD))
  await openid.tokenRevocation(config, TOKEN2)
  assert.equal((await openid.tokenIntrospection(config, TOKEN2)).active, false)
}

for (const library of [oauth4webapi, openidClient]) {
  await library()
  console.log(`ok: ${library.name}`)
}
