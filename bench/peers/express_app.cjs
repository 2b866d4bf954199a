// Express with node-postgres, as their documentation shows it: one pool, a client for a transaction, statements prepared
// under their names. Production mode is the environment's: NODE_ENV=production.

const express = require('express')
const { Pool } = require('pg')

const pool = new Pool({ host: process.env.PEER_HOST, user: 'peer', database: 'bench', max: Number(process.env.PEER_POOL ?? 10) })
const app = express()
app.use(express.json())

class Refusal extends Error {
  constructor(status) {
    super(`refused with ${status}`)
    this.status = status
  }
}

async function inTransaction(work) {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const LOCK = { name: 'lock', text: 'select status from peer.orders where id = $1 for update' }
const TRANSITION = { name: 'transition', text: 'select from peer.transition where from_status = $1 and to_status = $2' }
const UPDATE = { name: 'update', text: 'update peer.orders set status = $2, changed_at = now() where id = $1' }
const HISTORY = {
  name: 'history',
  text: 'insert into peer.history (order_id, old_status, new_status, changed_by, reason) values ($1, $2, $3, $4, $5)'
}
const EVENT = {
  name: 'event',
  text: "insert into peer.event (order_id, type, day, meta) values ($1, 'status_change', current_date, $2)"
}
const ORDER = { name: 'order', text: 'select id, status, changed_at from peer.orders where id = $1' }

async function move(client, id, { to, actor, reason }) {
  const { rows: [order] } = await client.query({ ...LOCK, values: [id] })
  if (!order) throw new Refusal(404)
  const { rowCount } = await client.query({ ...TRANSITION, values: [order.status, to] })
  if (!rowCount) throw new Refusal(409)
  await client.query({ ...UPDATE, values: [id, to] })
  await client.query({ ...HISTORY, values: [id, order.status, to, actor, reason] })
  return order.status
}

app.post('/orders/:id/moves', async (request, response) => {
  const id = Number(request.params.id)
  const from = await inTransaction((client) => move(client, id, request.body))
  response.json({ id, from, to: request.body.to })
})

app.post('/orders/:id/status', async (request, response) => {
  const id = Number(request.params.id)
  await inTransaction(async (client) => {
    const from = await move(client, id, request.body)
    await client.query({ ...EVENT, values: [id, { oldStatus: from, newStatus: request.body.to }] })
  })
  response.json({ success: true })
})

app.get('/orders/:id', async (request, response) => {
  const { rows: [order] } = await pool.query({ ...ORDER, values: [Number(request.params.id)] })
  if (!order) throw new Refusal(404)
  response.json(order)
})

app.use((error, request, response, next) => response.status(error.status ?? 500).json({ message: error.message }))
app.listen(Number(process.env.PORT), '127.0.0.1')
