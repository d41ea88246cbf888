package mediahost

import (
	"context"
	"io"
)

// Probe reports by a nil error whether the media host gives one byte of a file.
func (c *Client) Probe(ctx context.Context, address string) error {
	s, err := c.Open(ctx, address)
	if err != nil {
		return err
	}
	defer s.Close()
	_, err = io.ReadFull(s, make([]byte, 1))
	return err
}
