package cli_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/png"

	"github.com/postferry/postferry/internal/sim"
)

// pictures are photos over X's 5 MB: one that can be shrunk, and one of so many pixels that it
// can't.
var pictures = map[string]func() []byte{
	"large-photo": func() []byte {
		var b bytes.Buffer
		raw := &png.Encoder{CompressionLevel: png.NoCompression}
		if err := raw.Encode(&b, image.NewRGBA(image.Rect(0, 0, 1400, 1200))); err != nil {
			panic(err) // Unreachable: a buffer takes everything.
		}
		return b.Bytes()
	},
	"endless-photo": func() []byte {
		b := sim.PictureBytes("png", 64, 64, 1)
		binary.BigEndian.PutUint32(b[16:], 12_000) // the width in the header, and the height
		binary.BigEndian.PutUint32(b[20:], 9_000)
		binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
		return append(b, make([]byte, 6<<20)...)
	},
}
