package mediahost

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
)

// exifOf is a TIFF block whose first directory has a maker's name and an orientation.
func exifOf(order binary.AppendByteOrder, orientation uint16) []byte {
	t := []byte("MM\x00*")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		t = []byte("II*\x00")
	}
	t = order.AppendUint32(t, 8)
	t = order.AppendUint16(t, 2)
	entry := func(tag, kind uint16, value uint16) {
		t = order.AppendUint16(order.AppendUint16(t, tag), kind)
		t = order.AppendUint16(order.AppendUint32(t, 1), value)
		t = append(t, 0, 0)
	}
	entry(0x010f, 2, 0)
	entry(0x0112, 3, orientation)
	return order.AppendUint32(t, 0)
}

// segment is one marker segment of a JPEG.
func segment(marker byte, body string) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
}

// withSegments puts segments where a camera puts them.
func withSegments(jpg []byte, segments ...[]byte) []byte {
	out := bytes.Clone(jpg[:2])
	for _, s := range segments {
		out = append(out, s...)
	}
	return append(out, jpg[2:]...)
}

func withEXIF(jpg, tiff []byte) []byte {
	return withSegments(jpg, segment(0xe1, "Exif\x00\x00"+string(tiff)))
}

var quarters = map[byte]color.RGBA{
	'A': {220, 30, 30, 255},
	'B': {30, 200, 30, 255},
	'C': {30, 30, 220, 255},
	'D': {230, 230, 30, 255},
}

// fourColours is A and B over C and D, twice as wide as high.
func fourColours() image.Image {
	img := image.NewRGBA(image.Rect(0, 0, 128, 64))
	for y := range 64 {
		for x := range 128 {
			img.SetRGBA(x, y, quarters["ABCD"[x/64+y/32*2]])
		}
	}
	return img
}

// TestUpright: a photo that is written anew looks as it did, whichever way the camera was held.
func TestUpright(t *testing.T) {
	jpg := asJPEG(t, fourColours())
	for o, want := range map[uint16]string{
		0: "ABCD", 1: "ABCD", 2: "BADC", 3: "DCBA", 4: "CDAB", 5: "ACBD", 6: "CADB", 7: "DBCA",
		8: "BDAC", 9: "ABCD",
	} {
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			out, err := shrink(withEXIF(jpg, exifOf(order, o)), maxPhoto)
			if err != nil {
				t.Fatal(err)
			}
			img, err := jpeg.Decode(bytes.NewReader(out))
			if err != nil {
				t.Fatal(err)
			}
			size := image.Pt(128, 64)
			if o >= 5 && o <= 8 {
				size = image.Pt(64, 128)
			}
			if got := img.Bounds().Size(); got != size {
				t.Errorf("orientation %d: got %v, want %v", o, got, size)
				continue
			}
			for i := range want {
				x, y := size.X/4+i%2*size.X/2, size.Y/4+i/2*size.Y/2
				if got := img.At(x, y); !near(got, quarters[want[i]]) {
					t.Errorf("orientation %d %v: at %d,%d is %v, want %c", o, order, x, y, got,
						want[i])
				}
			}
			if again := orientation(out); again != 1 {
				t.Errorf("orientation %d: the new photo says %d, so it would be turned twice", o,
					again)
			}
		}
	}
}

// TestUprightIsQuick: no allocation for each pixel, or a photo of 24 million takes many seconds.
func TestUprightIsQuick(t *testing.T) {
	img := noise(300, 200)
	if got := testing.AllocsPerRun(2, func() { upright(img, 6) }); got > 50 {
		t.Errorf("%v allocations for 60000 pixels", got)
	}
}

// TestOrientation: it is found among other segments, and a broken one is none.
func TestOrientation(t *testing.T) {
	jpg := asJPEG(t, fourColours())
	six := exifOf(binary.BigEndian, 6)
	app1 := func(tiff string) []byte { return segment(0xe1, "Exif\x00\x00"+tiff) }
	whole := app1(string(six))
	long := bytes.Clone(whole)
	long[2], long[3] = 0xff, 0xff
	far := bytes.Clone(six)
	binary.BigEndian.PutUint32(far[4:], 0xffffffff)
	many := bytes.Clone(six)
	binary.BigEndian.PutUint16(many[8:], 0xffff)
	none := bytes.Clone(many)
	binary.BigEndian.PutUint16(none[22:], 0x0113)
	for _, tt := range []struct {
		name string
		in   []byte
		want int
	}{
		{"none", jpg, 1},
		{"first", withSegments(jpg, whole), 6},
		{
			"after JFIF and XMP",
			withSegments(jpg, segment(0xe0, "JFIF\x00\x01\x01"),
				segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x/>"), whole),
			6,
		},
		{"after fill bytes", withSegments(jpg, []byte{0xff, 0xff}, whole), 6},
		{"after an empty segment", withSegments(jpg, segment(0xfe, ""), whole), 6},
		{"in another segment", withSegments(jpg, segment(0xe2, "Exif\x00\x00"+string(six))), 1},
		{"after the picture began", withSegments(jpg, segment(0xda, "\x01"), whole), 1},
		{"the header alone", withSegments(jpg, app1("")), 1},
		{"half a header", withSegments(jpg, app1("MM\x00*\x00")), 1},
		{"no directory", withSegments(jpg, app1(string(six[:8]))), 1},
		{"cut in an entry", withSegments(jpg, app1(string(six[:len(six)-10]))), 1},
		{"neither byte order", withSegments(jpg, app1("XX"+string(six[2:]))), 1},
		{"directory far away", withSegments(jpg, app1(string(far))), 1},
		{
			"directory in the header",
			withSegments(jpg,
				app1("MM\x00*\x00\x00\x00\x06\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00")),
			1,
		},
		{"more entries than there are", withSegments(jpg, app1(string(many))), 6},
		{"more entries, and none of it", withSegments(jpg, app1(string(none))), 1},
		{"segment longer than the file", append([]byte{0xff, 0xd8}, long...), 1},
		{"segment shorter than its length", withSegments(jpg, []byte{0xff, 0xe1, 0, 1}, whole), 1},
		{"only fill bytes", bytes.Repeat([]byte{0xff}, 100), 1},
		{"nothing", nil, 1},
		{"cut in the length", []byte{0xff, 0xd8, 0xff, 0xe1, 0}, 1},
	} {
		if got := orientation(tt.in); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
	}
	file := withSegments(jpg, whole)
	for n := range len(whole) + 4 {
		if got := orientation(file[:n]); got != 1 && got != 6 {
			t.Errorf("cut after %d bytes: got %d", n, got)
		}
	}
}

// FuzzOrientation: whatever a file claims, the answer is 1 to 8, and what stands before a block
// does not change it.
func FuzzOrientation(f *testing.F) {
	for o := range uint16(10) {
		f.Add(exifOf(binary.BigEndian, o))
		f.Add(exifOf(binary.LittleEndian, o))
	}
	f.Add([]byte("MM\x00*\x00\x00\x00\x08\xff\xff"))
	f.Add(withEXIF([]byte("\xff\xd8\xff\xda"), exifOf(binary.BigEndian, 3)))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got := orientation(b); got < 1 || got > 8 {
			t.Errorf("a file: %d", got)
		}
		want := exif(b)
		if want < 1 || want > 8 {
			t.Errorf("a block: %d", want)
		}
		if len(b) > 60_000 {
			return
		}
		head := []byte("\xff\xd8\xff\xda\x00\x02")
		if got := orientation(withSegments(head, segment(0xe0, "JFIF\x00"),
			segment(0xe1, "Exif\x00\x00"+string(b)))); got != want {
			t.Errorf("in a file: got %d, alone %d", got, want)
		}
	})
}
