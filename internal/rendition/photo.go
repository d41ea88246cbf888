package rendition

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // decoders of what Instagram's host has been seen to send
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/postferry/postferry/internal/api"
)

const (
	// maxPhoto is X's limit for an image. https://docs.x.com/x-api/media/quickstart/best-practices
	maxPhoto = 5 << 20
	// maxSource bounds what is read into memory to be shrunk.
	maxSource = 64 << 20
	// maxPixels bounds what is decoded: a small file may claim to be enormous.
	maxPixels = 60_000_000
)

// Picture is a photo that X will take.
type Picture struct {
	Bytes []byte
	Type  string // "image/jpeg", …
	From  int64  // size on the media host; more than len(Bytes) if it was shrunk
}

// Photo reads a photo. Up to 5 MB it passes byte for byte; a larger one is shrunk to a JPEG.
func (c *Client) Photo(ctx context.Context, address string) (Picture, error) {
	s, err := c.Open(ctx, address)
	if err != nil {
		return Picture{}, err
	}
	defer s.Close()
	if s.Size > maxSource {
		return Picture{}, unusable("the photo has %d MB, more than can be shrunk", s.Size>>20)
	}
	b := make([]byte, s.Size)
	if _, err := io.ReadFull(s, b); err != nil {
		return Picture{}, s.broken(err)
	}
	p := Picture{Bytes: b, Type: s.Type, From: s.Size}
	if len(b) <= maxPhoto {
		return p, nil
	}
	if p.Bytes, err = shrink(b, maxPhoto); err != nil {
		return Picture{}, err
	}
	p.Type = "image/jpeg"
	return p, nil
}

func unusable(format string, args ...any) error {
	return &api.Error{Service: "media", Op: op, Status: 200, Class: api.Invalid, Message: fmt.Sprintf(format, args...)}
}

// shrink makes a JPEG of at most limit bytes: first by quality, which nobody sees, then by size.
func shrink(b []byte, limit int) ([]byte, error) {
	conf, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, unusable("the photo can't be read: %v", err)
	}
	if conf.Width*conf.Height > maxPixels {
		return nil, unusable("the photo has %d×%d pixels, more than can be shrunk", conf.Width, conf.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, unusable("the photo can't be read: %v", err)
	}
	img = upright(img, orientation(b))
	for _, scale := range []float64{1, 0.75, 0.5, 0.35, 0.25} {
		scaled := resize(img, scale)
		for _, quality := range []int{92, 85, 78} {
			var out bytes.Buffer
			if err := jpeg.Encode(&out, scaled, &jpeg.Options{Quality: quality}); err != nil {
				return nil, unusable("the photo can't be written: %v", err)
			}
			if out.Len() <= limit {
				return out.Bytes(), nil
			}
		}
	}
	return nil, unusable("the photo can't be shrunk to %d MB", limit>>20)
}

func resize(img image.Image, scale float64) image.Image {
	if scale == 1 {
		return img
	}
	r := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, max(int(float64(r.Dx())*scale), 1), max(int(float64(r.Dy())*scale), 1)))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, r, draw.Src, nil)
	return out
}

// orientation is the EXIF orientation of a JPEG, 1 to 8; 1 where there is none. A JPEG that is written anew has no EXIF
// any more, so the picture itself has to be turned.
// Source: CIPA DC-008 (Exif 2.32), tag 0x0112.
func orientation(b []byte) int {
	for at := 2; at+4 < len(b) && b[at] == 0xff && b[at+1] != 0xda; {
		size := int(binary.BigEndian.Uint16(b[at+2:]))
		end := at + 2 + size
		if end > len(b) || size < 2 {
			return 1
		}
		if b[at+1] == 0xe1 && size > 8 && string(b[at+4:at+8]) == "Exif" {
			return exif(b[at+4+6 : end])
		}
		at = end
	}
	return 1
}

// exif reads the orientation out of a TIFF header and its first directory.
func exif(t []byte) int {
	if len(t) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if string(t[:2]) == "II" {
		order = binary.LittleEndian
	}
	at := int(order.Uint32(t[4:]))
	if at < 8 || at+2 > len(t) {
		return 1
	}
	n := int(order.Uint16(t[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > len(t) {
			return 1
		}
		if order.Uint16(t[entry:]) == 0x0112 {
			if v := int(order.Uint16(t[entry+8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
	}
	return 1
}

// upright turns and mirrors a picture as its orientation says.
func upright(img image.Image, o int) image.Image {
	if o == 1 {
		return img
	}
	r := img.Bounds()
	w, h := r.Dx(), r.Dy()
	if o >= 5 {
		w, h = h, w
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range r.Dy() {
		for x := range r.Dx() {
			tx, ty := turned(x, y, r.Dx(), r.Dy(), o)
			out.Set(tx, ty, img.At(r.Min.X+x, r.Min.Y+y))
		}
	}
	return out
}

// turned is where a pixel of a w×h picture belongs.
func turned(x, y, w, h, o int) (int, int) {
	switch o {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
