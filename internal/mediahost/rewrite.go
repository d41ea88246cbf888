package mediahost

// Rewrite writes a photo anew as a baseline sRGB JPEG within X's limits. It helps where X refuses a
// photo's bytes. A photo that can't be decoded is an error of the file.
func Rewrite(p Picture) (Picture, error) {
	b, err := shrink(p.Bytes, maxPhoto)
	if err != nil {
		return Picture{}, err
	}
	return Picture{Bytes: b, Type: "image/jpeg", From: p.From}, nil
}
