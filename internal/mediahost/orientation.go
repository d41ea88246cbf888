package mediahost

import (
	"bytes"
	"encoding/binary"
	"image"
)

// segments calls visit with the marker and the content of each segment of a JPEG before its
// picture, until visit returns false.
// Source: ITU-T T.81, annex B
func segments(b []byte, visit func(marker byte, content []byte) bool) {
	for at := 2; at+4 < len(b) && b[at] == 0xff && b[at+1] != 0xda; {
		if b[at+1] == 0xff { // a marker may have fill bytes before it
			at++
			continue
		}
		end := at + 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		if end > len(b) || end < at+4 || !visit(b[at+1], b[at+4:end]) {
			return
		}
		at = end
	}
}

// orientation returns the EXIF orientation of a JPEG, 1 to 8; 1 where there is none. A JPEG that is
// written anew has no EXIF any more, so the picture itself has to be turned.
// Source: CIPA DC-008 (Exif 2.32), tag 0x0112.
func orientation(b []byte) int {
	found := 1
	segments(b, func(marker byte, content []byte) bool {
		t, ok := bytes.CutPrefix(content, []byte("Exif\x00\x00"))
		if marker != 0xe1 || !ok {
			return true
		}
		found = exif(t)
		return false
	})
	return found
}

// orientationTag is the number of the directory entry that holds the orientation.
const orientationTag = 0x0112

// exif reads the orientation from a TIFF header and its first directory. It returns 1, which is
// upright, for everything that it can't read.
func exif(t []byte) int {
	order := byteOrder(t)
	if order == nil {
		return 1
	}
	at := int64(order.Uint32(t[4:]))
	if at < 8 || at+2 > int64(len(t)) {
		return 1
	}
	n := int(order.Uint16(t[at:]))
	for i := range n {
		entry := int(at) + 2 + 12*i
		if entry+12 > len(t) {
			return 1
		}
		if order.Uint16(t[entry:]) == orientationTag {
			return known(int(order.Uint16(t[entry+8:])))
		}
	}
	return 1
}

// byteOrder reads how a TIFF file writes its numbers. It returns nil for what is no TIFF file.
func byteOrder(t []byte) binary.ByteOrder {
	if len(t) < 8 {
		return nil
	}
	switch string(t[:4]) {
	case "MM\x00*":
		return binary.BigEndian
	case "II*\x00":
		return binary.LittleEndian
	}
	return nil
}

// known keeps the eight orientations that EXIF knows, and takes any other value for upright.
func known(v int) int {
	if v < 1 || v > 8 {
		return 1
	}
	return v
}

// upright turns and mirrors a drawn picture as its orientation says. It moves bytes, not colours: a
// photo has 12 million.
func upright(img image.Image, o int) image.Image {
	src, drawn := img.(*image.RGBA)
	if o == 1 || !drawn {
		return img
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if o >= 5 {
		out = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			tx, ty := turned(x, y, w, h, o)
			from, to := src.PixOffset(x, y), out.PixOffset(tx, ty)
			copy(out.Pix[to:to+4], src.Pix[from:from+4])
		}
	}
	return out
}

// turned returns where a pixel of a w×h picture belongs.
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
