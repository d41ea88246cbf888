package bench

import (
	"context"
	"net/http"

	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/xapi"
)

// Ferry carries a video from the media host to X with postferry's own clients. It returns the media
// id that X assigned. video is the address of the file, and x is the base URL of X's API.
func Ferry(ctx context.Context, client *http.Client, video, x, token string) (string, error) {
	s, err := (&mediahost.Client{HTTP: client}).Open(ctx, video)
	if err != nil {
		return "", err
	}
	defer s.Close()
	c := &xapi.Client{BaseURL: x, AccessToken: token, HTTP: client}
	up, err := c.Upload(ctx, xapi.File{
		Body: s, Size: s.Size, MediaType: s.Type, Category: "tweet_video",
	})
	return up.ID, err
}
