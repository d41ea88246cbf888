package mediahost

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

func asGIF(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	img := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black})
	if err := gif.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRewrite: whatever the photo was, X gets a baseline JPEG within its limits.
func TestRewrite(t *testing.T) {
	for _, tt := range []struct {
		name string
		file []byte
		w, h int
	}{
		{"jpeg", asJPEG(t, noise(64, 48)), 64, 48},
		{"turned", withEXIF(asJPEG(t, noise(64, 48)), exifOf(binary.BigEndian, 6)), 48, 64},
		{"png", asPNG(t, image.NewNRGBA(image.Rect(0, 0, 30, 60))), 30, 60},
		{"deep png", asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 30, 60))), 30, 60},
		{"webp", webp(t), minSide, minSide},
		{"gif", asGIF(t, 20, 30), 20, 30},
		{"too wide", asJPEG(t, image.NewGray(image.Rect(0, 0, 10_000, 8))), maxSide, 6},
		{"too narrow", asJPEG(t, image.NewGray(image.Rect(0, 0, 2, 100))), minSide, 200},
		{
			"too narrow for its length", asPNG(t, image.NewGray(image.Rect(0, 0, 1, 9000))),
			minSide, maxSide,
		},
	} {
		got, err := Rewrite(Picture{Bytes: tt.file, Type: "image/x", From: 7})
		if err != nil || got.Type != "image/jpeg" || got.From != 7 || progressive(got.Bytes) {
			t.Errorf("%s: got %s of %d, %v", tt.name, got.Type, got.From, err)
			continue
		}
		conf, err := jpeg.DecodeConfig(bytes.NewReader(got.Bytes))
		if err != nil || conf.Width != tt.w || conf.Height != tt.h {
			t.Errorf("%s: got %d×%d, want %d×%d, %v",
				tt.name, conf.Width, conf.Height, tt.w, tt.h, err)
		}
	}
}

// A decoder that panics costs this photo, and not the run.
func TestRewriteSurvivesItsDecoder(t *testing.T) {
	image.RegisterFormat("panics", "PANICS", func(io.Reader) (image.Image, error) {
		panic("index out of range")
	}, func(io.Reader) (image.Config, error) {
		return image.Config{ColorModel: color.GrayModel, Width: 4, Height: 4}, nil
	})
	_, err := Rewrite(Picture{Bytes: []byte("PANICS")})
	if e := httpx.As(err); e == nil || e.Type != TypeUnreadable || HostFault(err) {
		t.Errorf("got %v", err)
	}
	if _, err := Rewrite(Picture{Bytes: asJPEG(t, noise(8, 8))}); err != nil {
		t.Errorf("the next photo: %v", err)
	}
}

// What is too large for the memory is refused before it is decoded.
func TestMemoryOfAPhoto(t *testing.T) {
	lazy := asJPEG(t, noise(16, 16))
	at := bytes.Index(lazy, []byte{0xff, 0xc0})
	slow := bytes.Clone(lazy)
	slow[at+1] = 0xc2
	for _, tt := range []struct {
		name  string
		model color.Model
		file  []byte
		fits  int // megapixels
	}{
		{"grey", color.GrayModel, lazy, 192},
		{"jpeg", color.YCbCrModel, lazy, 64},
		{"progressive jpeg", color.YCbCrModel, slow, 12},
		{"png", color.NRGBAModel, nil, 48},
		{"deep png", color.NRGBA64Model, nil, 24},
		{"for print", color.CMYKModel, lazy, 24},
	} {
		for n, want := range map[int]bool{tt.fits - 1: true, tt.fits + 1: false} {
			conf := image.Config{ColorModel: tt.model, Width: n << 10, Height: 1 << 10}
			if got := memory(tt.file, conf) <= maxDecoded; got != want {
				t.Errorf("%s of %d megapixels: fits %v, want %v", tt.name, n, got, want)
			}
		}
	}
}

// Sixty megapixels are written anew within 256 MiB of memory, garbage included: a quarter of that
// takes what is left when three quarters of the decoded picture (66 MiB) are counted in.
func TestMemoryOfARewrite(t *testing.T) {
	var b bytes.Buffer
	img := image.NewYCbCr(image.Rect(0, 0, 4096, 3662), image.YCbCrSubsampleRatio420)
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 20}); err != nil {
		t.Fatal(err)
	}
	img = nil
	for _, turn := range []uint16{1, 6} {
		file := withEXIF(b.Bytes(), exifOf(binary.BigEndian, turn))
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		_, err := Rewrite(Picture{Bytes: file})
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > (256-66)<<20 {
			t.Errorf("turned %d: allocated %d MiB", turn, got>>20)
		}
	}
}

// TestKinds: the bytes say what a file is.
func TestKinds(t *testing.T) {
	for head, want := range map[string]string{
		"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic": "image/heic",
		"\x00\x00\x00\x18ftypmif1":                         "image/heic",
		"\x00\x00\x00\x18ftypavif":                         "image/avif",
		"\x00\x00\x00\x18ftypisom":                         "video/mp4",
		"\x00\x00\x00\x18ftypqt  ":                         "video/quicktime",
		"\x00\x00\x00\x18ftyp":                             "",
		"GIF89a":                                           "image/gif",
		"GIF90a":                                           "",
		"<!DOCTYPE html>":                                  "",
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("%q is %q, want %q", head, got, want)
		}
	}
}

// A GIF keeps its pictures up to X's limit for GIFs; a video under a photo's address is told.
func TestPhotoOfAnotherKind(t *testing.T) {
	bubble(t, "a large GIF", func(t *testing.T) {
		file := padded(asGIF(t, 20, 30), 6<<20)
		if p, err := (&host{file: file}).photo(t); err != nil || p.Type != "image/gif" ||
			len(p.Bytes) != len(file) {
			t.Errorf("got %d bytes as %s, %v", len(p.Bytes), p.Type, err)
		}
	})
	bubble(t, "a video", func(t *testing.T) {
		p, err := (&host{file: video(5000)}).photo(t)
		if e := httpx.As(err); e == nil || e.Type != TypeOtherKind || p.Type != "video/mp4" ||
			HostFault(err) {
			t.Errorf("got %s, %v", p.Type, err)
		}
	})
}

func TestProbe(t *testing.T) {
	for _, tt := range []struct {
		name  string
		host  host
		asked int
		typ   string // "" for a file that is there
	}{
		{"a file", host{file: video(5000)}, 1, ""},
		{"a host without ranges", host{file: video(5000), noRange: true}, 1, ""},
		{
			"a host that refuses a range", host{file: video(5000), turns: []turn{{status: 416}}},
			2, "",
		},
		{
			"a host that refuses a range otherwise",
			host{file: video(5000), turns: []turn{{status: 501}}}, 2, "",
		},
		{"nothing there", host{turns: []turn{{status: 404}, {status: 404}}}, 1, TypeRefused},
		{"an empty file", host{noRange: true}, 1, TypeNoFile},
		{"a page", host{file: []byte("<html>")}, 1, TypeNoFile},
		{"JSON", host{file: []byte("{}")}, 1, TypeNoFile},
		{"silence", host{turns: []turn{{dead: true}}}, 1, TypeRefused},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			err := tt.host.client().Probe(t.Context(), address)
			if e := httpx.As(err); (e == nil) != (tt.typ == "") ||
				e != nil && (e.Type != tt.typ || !HostFault(err)) {
				t.Errorf("got %v, want type %q", err, tt.typ)
			}
			if len(tt.host.asked) != tt.asked || tt.host.asked[0] != "bytes=0-0" {
				t.Errorf("asked %q, want %d times", tt.host.asked, tt.asked)
			}
			if tt.host.open != 0 {
				t.Errorf("%d bodies are left open", tt.host.open)
			}
		})
	}
}

// dripping brings n bytes at a time, every interval.
type dripping struct {
	file     []byte
	n        int
	interval time.Duration
}

func (d *dripping) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, ContentLength: int64(len(d.file)), Body: d}, nil
}

func (d *dripping) Read(p []byte) (int, error) {
	time.Sleep(d.interval)
	n := copy(p[:min(len(p), d.n)], d.file)
	d.file = d.file[n:]
	return n, nil
}

func (d *dripping) Close() error { return nil }

// A host that drips holds nobody up for longer than two minutes; the time that X takes is not its
// own.
func TestDrip(t *testing.T) {
	for _, tt := range []struct {
		name     string
		n        int
		interval time.Duration
		pause    time.Duration // of the reader, between two reads
		slow     bool
	}{
		{"just fast enough", 66 << 10, time.Second, 0, false},
		{"just too slow", 63 << 10, time.Second, 0, true},
		{"a slow reader", 1 << 20, time.Second, time.Minute, false},
		{"too slow, but never still", 100, 10 * time.Second, 0, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			c := Client{
				HTTP: &http.Client{
					Transport: &dripping{file: video(16 << 20), n: tt.n, interval: tt.interval},
				},
			}
			begun := time.Now()
			s, err := c.Open(t.Context(), address)
			for b := make([]byte, 2<<20); err == nil; time.Sleep(tt.pause) {
				_, err = s.Read(b)
			}
			e := httpx.As(err)
			if slow := e != nil && e.Type == TypeSlow &&
				e.Class == httpx.Transient; slow != tt.slow {
				t.Errorf("%s: got %v", tt.name, err)
			}
			if tt.slow &&
				(time.Since(begun) > 3*time.Minute ||
					!strings.Contains(fmt.Sprint(err), "64 KiB a second")) {
				t.Errorf("%s: took %v: %v", tt.name, time.Since(begun), err)
			}
			if s != nil {
				_ = s.Close()
			}
		})
	}
}

// claiming is a picture that claims a size, and holds nothing.
func claiming(t *testing.T, img image.Image, w, h uint32) []byte {
	t.Helper()
	b := asPNG(t, img)
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// Both bounds hold by themselves: pixels that are cheap, and pixels that are few and dear.
func TestRewriteRefusesWhatIsTooLarge(t *testing.T) {
	one := image.Rect(0, 0, 1, 1)
	for _, tt := range []struct {
		name string
		file []byte
	}{
		{"a hundred megapixels of one byte", claiming(t, image.NewGray(one), 10_000, 10_000)},
		{"thirty megapixels of eight bytes", claiming(t, image.NewNRGBA64(one), 6_000, 5_000)},
	} {
		_, err := Rewrite(Picture{Bytes: tt.file})
		if e := httpx.As(err); e == nil || e.Type != TypeUnreadable ||
			!strings.Contains(err.Error(), "more than can be shrunk") {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
}

// Photos are decoded one at a time: together they would outgrow the memory.
func TestOneAtATime(t *testing.T) {
	var inside, most atomic.Int32
	image.RegisterFormat("slow", "SLOW!!", func(io.Reader) (image.Image, error) {
		most.Store(max(most.Load(), inside.Add(1)))
		time.Sleep(time.Millisecond)
		inside.Add(-1)
		return image.NewGray(image.Rect(0, 0, 8, 8)), nil
	}, func(io.Reader) (image.Config, error) {
		return image.Config{ColorModel: color.GrayModel, Width: 8, Height: 8}, nil
	})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := Rewrite(Picture{Bytes: []byte("SLOW!!")}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := most.Load(); n != 1 {
		t.Errorf("%d were decoded at once", n)
	}
}

// TestLargePhotosOneAtATime: the photos of an album are fetched side by side, but those that must
// be shrunk are read one after the other: four of 64 MB and a decoded one would outgrow the runner.
func TestLargePhotosOneAtATime(t *testing.T) {
	w := &counting{file: raw(t, 1400, 1300)}
	if len(w.file) <= maxPhoto {
		t.Fatalf("the photo has only %d bytes", len(w.file))
	}
	c := Client{HTTP: &http.Client{Transport: w}}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if p, err := c.Photo(t.Context(), address); err != nil || len(p.Bytes) > maxPhoto {
				t.Errorf("%d bytes, %v", len(p.Bytes), err)
			}
		})
	}
	all.Wait()
	if n := w.most.Load(); n != 1 {
		t.Errorf("%d large photos were read at once", n)
	}
}

// counting serves a file, and counts how many of its answers are being read beyond their beginning.
type counting struct {
	file         []byte
	inside, most atomic.Int32
}

func (c *counting) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, ContentLength: int64(len(c.file)), Header: http.Header{},
		Body: &countedBody{c: c, left: c.file}}, nil
}

type countedBody struct {
	c      *counting
	left   []byte
	beyond bool
}

func (b *countedBody) Read(p []byte) (int, error) {
	if !b.beyond && len(b.left) < len(b.c.file) {
		b.beyond = true
		b.c.most.Store(max(b.c.most.Load(), b.c.inside.Add(1)))
	}
	if b.beyond {
		time.Sleep(time.Millisecond)
	}
	if len(b.left) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1<<20)], b.left)
	if b.left = b.left[n:]; len(b.left) == 0 {
		b.c.inside.Add(-1)
	}
	return n, nil
}

func (b *countedBody) Close() error { return nil }
