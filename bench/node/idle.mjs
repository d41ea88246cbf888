// The two requests of an idle run with axios, what a Node action would make them with.
import axios from 'axios'

const get = (url, token) => axios.get(url, { headers: { Authorization: `Bearer ${token}` } })
await get(process.env.BENCH_STATE_URL, process.env.GITHUB_TOKEN)
await get(process.env.BENCH_LIST_URL, process.env.INSTAGRAM_TOKEN)
