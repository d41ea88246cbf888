package mediahost

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/httpx"
)

// noise is a photo that does not compress.
func noise(w, h int) *image.YCbCr {
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Y {
		img.Y[i] = byte(r.Uint32())
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(r.Uint32()), byte(r.Uint32())
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// raw is a PNG of noise that is not compressed.
func raw(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(5, 6))
	for i := 0; i < len(img.Pix); i += 4 {
		binary.LittleEndian.PutUint32(img.Pix[i:], r.Uint32()|0xff<<24)
	}
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.NoCompression}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// padded is a file with something behind its end, which decoders do not mind.
func padded(
	b []byte,
	size int,
) []byte {
	return append(bytes.Clone(b), make([]byte, size-len(b))...)
}

// webp is one grey pixel.
func webp(t testing.TB) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(
		"UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA",
	)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (h *host) photo(
	t *testing.T,
) (Picture, error) {
	return h.client().Photo(t.Context(), address)
}

// TestPhotoWhole: what is small enough arrives as it is, byte for byte.
func TestPhotoWhole(t *testing.T) {
	small := asJPEG(t, noise(64, 48))
	for _, tt := range []struct {
		name, want string
		file       []byte
	}{
		{"jpeg", "image/jpeg", small},
		{"jpeg with a turn", "image/jpeg", withEXIF(small, exifOf(binary.BigEndian, 6))},
		{"jpeg of exactly 5 MiB", "image/jpeg", padded(small, maxPhoto)},
		{"jpeg that is cut off", "image/jpeg", small[:len(small)/2]}, // X says what it thinks of it
		{"png", "image/png", asPNG(t, noise(20, 10))},
		{"webp", "image/webp", webp(t)},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			p, err := (&host{file: tt.file, turns: []turn{breaks(30)}}).photo(t)
			if err != nil || p.Type != tt.want || p.From != int64(len(tt.file)) ||
				!bytes.Equal(p.Bytes, tt.file) {
				t.Errorf("got %d bytes of %d as %s, %v", len(p.Bytes), p.From, p.Type, err)
			}
		})
	}
}

// TestPhotoShrunk: what is too large becomes a JPEG of the same shape that is not.
func TestPhotoShrunk(t *testing.T) {
	alpha := image.NewNRGBA(image.Rect(0, 0, 30, 60))
	for _, tt := range []struct {
		name string
		file []byte
		w, h int // of the shape
	}{
		{"a byte too large", padded(asJPEG(t, noise(64, 48)), maxPhoto+1), 64, 48},
		{"large by its pixels", raw(t, 1500, 1250), 1500, 1250},
		{
			"turned",
			padded(withEXIF(asJPEG(t, noise(64, 48)), exifOf(binary.LittleEndian, 8)), 6<<20), 48,
			64,
		},
		{"grey", padded(asJPEG(t, image.NewGray(image.Rect(0, 0, 40, 50))), 6<<20), 40, 50},
		{"png", padded(asPNG(t, alpha), 6<<20), 30, 60},
		{"webp", padded(webp(t), 6<<20), 1, 1},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			p, err := (&host{file: tt.file}).photo(t)
			if err != nil || p.Type != "image/jpeg" || p.From != int64(len(tt.file)) ||
				len(p.Bytes) > maxPhoto {
				t.Fatalf("got %d bytes of %d as %s, %v", len(p.Bytes), p.From, p.Type, err)
			}
			img, err := jpeg.Decode(bytes.NewReader(p.Bytes))
			if err != nil {
				t.Fatal(err)
			}
			got, want := img.Bounds().Size(), float64(tt.w)/float64(tt.h)
			if ratio := float64(got.X) / float64(got.Y); math.Abs(ratio/want-1) > 0.01 {
				t.Errorf("%v has the shape %.3f, want %.3f", got, ratio, want)
			}
		})
	}
}

// TestShrink: quality goes before size, and size goes as far as it must but not much further.
func TestShrink(t *testing.T) {
	b := asJPEG(t, noise(400, 300))
	first, err := shrink(b, len(b))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name             string
		limit            int
		minWide, maxWide int
	}{
		{"room enough", len(first), 400, 400},
		{"by quality", len(first) * 8 / 10, 400, 400},
		{"by a little size", len(first) / 2, 240, 380},
		{"by much", len(first) / 40, 40, 130},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out, err := shrink(b, tt.limit)
			if err != nil || len(out) > tt.limit {
				t.Fatalf("got %d bytes, want at most %d, %v", len(out), tt.limit, err)
			}
			conf, err := jpeg.DecodeConfig(bytes.NewReader(out))
			if err != nil || conf.Width < tt.minWide || conf.Width > tt.maxWide {
				t.Errorf(
					"got %d×%d, want %d to %d wide, %v",
					conf.Width,
					conf.Height,
					tt.minWide,
					tt.maxWide,
					err,
				)
			}
		})
	}
	if out, err := shrink(b, 100); httpx.ClassOf(err) != httpx.Invalid ||
		!strings.Contains(err.Error(), "can't be shrunk to 100 bytes") {
		t.Errorf("into 100 bytes: got %d, %v", len(out), err)
	}
}

// TestShrinkKeepsColours: nothing becomes black that was transparent, and no pixel is moved.
func TestShrinkKeepsColours(t *testing.T) {
	img := image.NewNRGBA(image.Rect(10, 20, 74, 84)) // bounds need not begin at zero
	for y := 20; y < 52; y++ {
		for x := 10; x < 74; x++ {
			img.SetNRGBA(x, y, color.NRGBA{200, 30, 30, 255})
		}
	}
	if c := drawable(img.SubImage(image.Rect(20, 40, 60, 80)), false).At(0, 11); !near(
		c,
		color.RGBA{200, 30, 30, 255},
	) {
		t.Errorf("in a part of a picture 0,11 is %v, want red", c)
	}
	out, err := shrink(asPNG(t, img), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	if c := got.At(32, 16); !near(c, color.RGBA{200, 30, 30, 255}) {
		t.Errorf("the upper half is %v, want red", c)
	}
	if c := got.At(32, 48); !near(c, color.White) {
		t.Errorf("the transparent half is %v, want white", c)
	}
}

func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	far := func(x, y uint32) bool { return max(x, y)-min(x, y) > 0x1800 }
	return !far(r1, r2) && !far(g1, g2) && !far(b1, b2)
}

// TestPhotoRefused: what can't be shrunk is this media's fault, and costs no more memory than the
// file.
func TestPhotoRefused(t *testing.T) {
	some := make([]byte, 61<<10)
	r := rand.New(rand.NewPCG(3, 4))
	for i := 0; i < len(some); i += 8 {
		binary.LittleEndian.PutUint64(some[i:], r.Uint64())
	}
	garbage := bytes.Repeat(some, 500) // 30 MB
	begins := func(head string) []byte { return append([]byte(head), garbage[len(head):]...) }
	bomb := asPNG(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(bomb[16:], 20_000)
	binary.BigEndian.PutUint32(bomb[20:], 20_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	var comments [][]byte
	for range 100 {
		comments = append(comments, segment(0xfe, strings.Repeat("c", 60_000)))
	}
	long := withSegments(asJPEG(t, noise(64, 48)), comments...)
	for _, tt := range []struct {
		name, want string
		file       []byte
	}{
		{"garbage", "no photo or video", begins("garbage")},
		{"garbage that begins like a JPEG", "can't be read", begins("\xff\xd8\xff")},
		{"garbage that begins like a PNG", "can't be read", begins("\x89PNG\r\n\x1a\n")},
		{
			"garbage that begins like a WebP", "can't be read",
			begins("RIFF\x00\x00\x00\x02WEBPVP8 "),
		},
		{"cut off", "can't be read", long[:len(long)-100]},
		{"pixel bomb", "20000×20000 pixels", padded(bomb, 6<<20)},
		{"video", "the photo is a video: its bytes are video/mp4", video(6 << 20)},
		{"HEIC", "can't be read", padded([]byte("\x00\x00\x00\x18ftypheic"), 6<<20)},
		{"more than is read", "the photo has 70 MB", padded([]byte("\xff\xd8\xff"), 70<<20)},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			h := &host{file: tt.file}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := h.photo(t)
			runtime.ReadMemStats(&after)
			if httpx.ClassOf(err) != httpx.Invalid || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
				t.Errorf("allocated %d MB", got>>20)
			}
		})
	}
}

// TestPhotoBroken: a photo that does not arrive is no photo, and the reason stays what it was.
func TestPhotoBroken(t *testing.T) {
	file := asJPEG(t, noise(200, 200))
	bubble(t, "breaks for good", func(t *testing.T) {
		h := &host{
			file:  file,
			turns: []turn{breaks(1000), breaks(0), breaks(0), breaks(0), breaks(0), breaks(0)},
		}
		if p, err := h.photo(t); !httpx.IsTransient(err) || p.Bytes != nil {
			t.Errorf("got %d bytes, %v", len(p.Bytes), err)
		}
	})
	bubble(t, "forbidden, but not expired", func(t *testing.T) {
		h := &host{file: file, turns: []turn{{status: 403}}}
		if _, err := h.photo(t); errors.Is(err, ErrExpired) || httpx.ClassOf(err) != httpx.Invalid {
			t.Errorf("got %v, want it Invalid and no call for a new address", err)
		}
	})
}

// BenchmarkShrink is a 24 megapixel photo, lying on its side, of more than 5 MB.
func BenchmarkShrink(b *testing.B) {
	img := noise(6000, 4000)
	for i := range img.Y {
		img.Y[i] = byte(i>>8) + img.Y[i]&31
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(i>>9), byte(i>>7)
	}
	file := withEXIF(asJPEG(b, img), exifOf(binary.BigEndian, 6))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		if _, err := shrink(file, maxPhoto); err != nil {
			b.Fatal(err)
		}
	}
}
