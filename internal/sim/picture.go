package sim

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
)

// PhotoBytes is a real JPEG: a sky, a sun and hills, in colours that follow from seed.
func PhotoBytes(width, height, seed int) []byte {
	return PictureBytes("jpeg", width, height, seed)
}

// PictureBytes is PhotoBytes for "jpeg", "png", "gif", or "heic", which has the container of one
// with nothing in it that can be seen.
func PictureBytes(kind string, width, height, seed int) []byte {
	if kind == "heic" {
		return append(atom("ftyp", []byte("heic\x00\x00\x00\x00mif1heic")),
			atom("mdat", bytes.Repeat([]byte{byte(seed)}, width*height/8))...)
	}
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	hue := float64(seed%12) / 12
	w, h := float64(width), float64(height)
	sunX, sunY := w*(0.2+0.6*math.Mod(float64(seed)*0.37, 1)), h*0.3
	for y := range height {
		for x := range width {
			img.Set(x, y, scenery(float64(x), float64(y), w, h, hue, sunX, sunY))
		}
	}
	var b bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, nil)
	default:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 80})
	}
	if err != nil {
		panic(err) // Unreachable: a buffer takes everything.
	}
	return b.Bytes()
}

func scenery(x, y, w, h, hue, sunX, sunY float64) color.RGBA {
	if math.Hypot(x-sunX, y-sunY) < h*0.12 {
		return color.RGBA{255, 244, 200, 255}
	}
	hill := h * (0.65 + 0.1*math.Sin(x/w*7+hue*9) + 0.05*math.Sin(x/w*17))
	if y > hill {
		f := (y - hill) / h
		return color.RGBA{uint8(40 + 60*hue), uint8(110 - 90*f), uint8(70 + 60*hue), 255}
	}
	f := y / h
	return color.RGBA{uint8(120 + 100*f), uint8(150 + 60*hue*(1-f)), uint8(230 - 60*f), 255}
}

// VideoBytes is a structurally valid MP4: ftyp, moov with a header that says how long it is, mdat.
func VideoBytes(seconds, seed int) []byte {
	mvhd := make([]byte, 100)
	binary.BigEndian.PutUint32(mvhd[12:], 1000)                 // time scale
	binary.BigEndian.PutUint32(mvhd[16:], uint32(seconds*1000)) // duration
	binary.BigEndian.PutUint32(mvhd[20:], 0x00010000)           // rate
	mdat := make([]byte, 40000*seconds)
	for i := range mdat {
		mdat[i] = byte(i*seed + i>>7)
	}
	out := atom("ftyp", []byte("isom\x00\x00\x02\x00isomiso2avc1mp41"))
	out = append(out, atom("moov", atom("mvhd", mvhd))...)
	return append(out, atom("mdat", mdat)...)
}

func atom(kind string, body []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
	return append(append(out, kind...), body...)
}
