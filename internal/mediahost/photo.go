package mediahost

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // decoders of what Instagram's host has been seen to send
	"io"
	"math"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"

	"github.com/postferry/postferry/internal/httpx"
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
		return Picture{}, err
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
	return &httpx.Error{Service: "media", Op: op, Status: 200, Class: httpx.Invalid, Message: fmt.Sprintf(format, args...)}
}

// shrink makes a JPEG of at most limit bytes: by quality, which nobody sees, if that is nearly enough, otherwise by size.
func shrink(b []byte, limit int) ([]byte, error) {
	img, err := decode(b)
	if err != nil {
		return nil, err
	}
	scale, quality := 1.0, 92
	for range 8 {
		var out bytes.Buffer
		if err := jpeg.Encode(&out, resize(img, scale), &jpeg.Options{Quality: quality}); err != nil {
			return nil, unusable("the photo can't be written: %v", err)
		}
		if out.Len() <= limit {
			return out.Bytes(), nil
		}
		over := float64(out.Len()) / float64(limit)
		if quality == 92 && over < 1.5 {
			quality = 82 // two thirds of the bytes
			continue
		}
		quality = 85
		scale *= min(0.95/math.Sqrt(over), 0.9)
	}
	return nil, unusable("the photo can't be shrunk to %d bytes", limit)
}

// decode reads a picture as it is to be looked at.
func decode(b []byte) (image.Image, error) {
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
	return upright(opaque(img), orientation(b)), nil
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

// opaque lays a picture that may be transparent, or that is kept in a way that is slow to read, on white.
func opaque(img image.Image) image.Image {
	switch img.(type) {
	case *image.YCbCr, *image.Gray:
		return img
	}
	return onWhite(img)
}

func onWhite(img image.Image) *image.RGBA {
	r := img.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, r.Min, draw.Over)
	return out
}
