// The same video with npm twitter-api-v2: the media host's answer into a buffer, and the buffer to X.
import http from 'node:http'
import https from 'node:https'
import axios from 'axios'
import { TwitterApi } from 'twitter-api-v2'

https.request = http.request // the library knows https only, and the stand-ins are on loopback

const { data } = await axios.get(process.env.BENCH_VIDEO_URL, { responseType: 'arraybuffer' })
const v2 = new TwitterApi(process.env.X_ACCESS_TOKEN).v2
v2.setPrefix(process.env.X_API_URL + '/2/')
// The stand-in wants a JSON body from finalize, as X does, and names no content type.
const { get, post } = v2
v2.get = (path, query) => get.call(v2, path, query, { forceParseMode: 'json' })
v2.post = (path, body = {}, options) => post.call(v2, path, body, { ...options, forceParseMode: 'json' })
await v2.uploadMedia(Buffer.from(data), { media_type: 'video/mp4', media_category: 'tweet_video' })
