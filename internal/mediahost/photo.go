package mediahost

import (
	"bytes"
	"context"
	"image"
	"image/color"
	_ "image/gif" // decoders of what Instagram's host has been seen to send
	"image/jpeg"
	_ "image/png"
	"io"
	"math"
	"strings"
	"sync"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

const (
	// X's limits for an image, and for a GIF.
	// https://docs.x.com/x-api/media/quickstart/best-practices
	maxPhoto = 5 << 20
	maxGIF   = 15 << 20
	// X's limits for the sides of an image, in pixels, as X words them in a refusal.
	minSide, maxSide = 4, 8192

	// maxSource bounds what is read into memory to be written anew.
	maxSource = 64 << 20
	// maxPixels bounds what is decoded: a small file may claim to be enormous.
	maxPixels = 60_000_000
	// maxDecoded bounds the memory that a decoded photo takes together with its source, and
	// maxDrawn the pixels of one that is turned, scaled or laid on white, which is in memory
	// besides.
	maxDecoded = 192 << 20
	maxDrawn   = 12_000_000
)

// shrinking lets one photo at a time be read to be shrunk, and be decoded: together they would
// outgrow the runner.
var shrinking sync.Mutex

// Picture is a photo, as it came or written anew.
type Picture struct {
	Bytes []byte
	Type  string // by its first bytes: "image/jpeg", "image/heic", …
	From  int64  // size on the media host; more than len(Bytes) if it was shrunk
}

// Photo reads a photo. Within X's limit of bytes it passes byte for byte; a larger one is shrunk to
// a JPEG. The error's Type is TypeOtherKind if the file is a video, whose type the Picture then
// has.
func (c *Client) Photo(ctx context.Context, address string) (Picture, error) {
	s, err := c.Open(ctx, address)
	if err != nil {
		return Picture{}, err
	}
	defer s.Close()
	p := Picture{Type: s.Type, From: s.Size}
	if strings.HasPrefix(s.Type, "video/") {
		return p, unusable(TypeOtherKind, "the photo is a video: its bytes are %s", s.Type)
	}
	if s.Size > maxSource {
		return Picture{}, unusable(TypeUnreadable, "the photo has %d MB, more than can be shrunk",
			s.Size>>20)
	}
	fits := s.Size <= maxPhoto || s.Type == "image/gif" && s.Size <= maxGIF
	if !fits {
		shrinking.Lock()
		defer shrinking.Unlock()
	}
	p.Bytes = make([]byte, s.Size)
	if _, err := io.ReadFull(s, p.Bytes); err != nil {
		return Picture{}, err
	}
	if fits {
		return p, nil
	}
	return rewrite(p)
}

// Rewrite writes a photo anew as a baseline JPEG within X's limits of bytes and pixels, upright and
// on white. This cures what X refuses in a photo as it came: another format, a damaged header, an
// unusual colour space or encoding. The error, with TypeUnreadable, is about this file alone.
func Rewrite(p Picture) (Picture, error) {
	shrinking.Lock()
	defer shrinking.Unlock()
	return rewrite(p)
}

// rewrite is Rewrite for the one who holds shrinking.
func rewrite(p Picture) (Picture, error) {
	b, err := shrink(p.Bytes, maxPhoto)
	if err != nil {
		return Picture{}, err
	}
	return Picture{Bytes: b, Type: "image/jpeg", From: p.From}, nil
}

// shrink makes a JPEG of at most limit bytes: by quality, which nobody sees, if that is nearly
// enough, otherwise by size. A panic of a decoder is the error of this file.
func shrink(b []byte, limit int) (out []byte, err error) {
	defer func() {
		if why := recover(); why != nil {
			out = nil
			err = unusable(TypeUnreadable, "the photo can't be read: its decoder failed: %v", why)
		}
	}()
	img, err := decode(b)
	if err != nil {
		return nil, err
	}
	scale, quality := 1.0, 92
	for range 8 {
		var out bytes.Buffer
		err := jpeg.Encode(&out, resize(img, scale), &jpeg.Options{Quality: quality})
		if err != nil {
			return nil, unusable(TypeUnreadable, "the photo can't be written: %v", err)
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
	return nil, unusable(TypeUnreadable, "the photo can't be shrunk to %d bytes", limit)
}

// decode reads a photo as it is to be looked at, within X's limits of pixels.
func decode(b []byte) (image.Image, error) {
	conf, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, unusable(TypeUnreadable, "the photo can't be read: %v", err)
	}
	if conf.Width*conf.Height > maxPixels || memory(b, conf) > maxDecoded {
		return nil, unusable(TypeUnreadable, "the photo has %d×%d pixels, more than can be shrunk",
			conf.Width, conf.Height)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, unusable(TypeUnreadable, "the photo can't be read: %v", err)
	}
	turn := orientation(b)
	return upright(drawable(img, turn != 1), turn), nil
}

// memory returns about how many bytes a photo takes while it is decoded, its source included.
func memory(b []byte, conf image.Config) int64 {
	pixels := int64(conf.Width) * int64(conf.Height)
	var perPixel int64
	switch conf.ColorModel {
	case color.GrayModel:
		perPixel = 1
	case color.YCbCrModel:
		perPixel = 3
	case color.RGBA64Model, color.NRGBA64Model:
		perPixel = 8
	case color.CMYKModel:
		perPixel = 8 // its planes, and what is made of them
	default:
		perPixel = 4
	}
	if progressive(b) {
		perPixel *= 5 // the coefficients of the complete picture, four bytes each
	}
	return pixels*perPixel + int64(len(b))
}

// progressive reports whether a JPEG is: its first frame is the third kind.
// Source: ITU-T T.81, table B.1
func progressive(b []byte) bool {
	found := false
	segments(b, func(marker byte, _ []byte) bool {
		found = marker == 0xc2
		return !found && marker != 0xc0 && marker != 0xc1
	})
	return found
}

// drawable returns what can be encoded as it is, or a copy of at most maxDrawn pixels on white: of
// a picture that may be transparent, has another colour space, is to be turned, or has sides that X
// does not take.
func drawable(img image.Image, turned bool) image.Image {
	r := img.Bounds()
	long, short := max(r.Dx(), r.Dy()), min(r.Dx(), r.Dy())
	fits := long <= maxSide && short >= minSide
	switch img.(type) {
	case *image.YCbCr, *image.Gray:
		if fits && !turned {
			return img
		}
	}
	scale := min(1, math.Sqrt(maxDrawn/float64(r.Dx()*r.Dy())), maxSide/float64(long))
	if short < minSide {
		scale = max(scale, minSide/float64(max(short, 1)))
	}
	out := image.NewRGBA(image.Rect(0, 0, side(r.Dx(), scale), side(r.Dy(), scale)))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	if out.Bounds().Size() == r.Size() {
		draw.Draw(out, out.Bounds(), img, r.Min, draw.Over)
		return out
	}
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, r, draw.Over, nil)
	return out
}

// side scales a side of a picture within X's limits.
func side(n int, scale float64) int {
	return min(max(int(float64(n)*scale), minSide), maxSide)
}

// resize scales a picture, in at most maxDrawn pixels.
func resize(img image.Image, scale float64) image.Image {
	if scale == 1 {
		return img
	}
	r := img.Bounds()
	scale = min(scale, math.Sqrt(maxDrawn/float64(r.Dx()*r.Dy())))
	out := image.NewRGBA(image.Rect(0, 0, side(r.Dx(), scale), side(r.Dy(), scale)))
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, r, draw.Src, nil)
	return out
}
