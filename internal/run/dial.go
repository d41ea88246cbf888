package run

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// dialer opens connections, some of them ahead of their first request. An idle run asks GitHub and
// then Instagram: the second connection (name, TCP, TLS) is made while the first answer is on its
// way.
type dialer struct {
	net   net.Dialer
	mu    sync.Mutex
	ahead map[string]chan dialed
}

type dialed struct {
	conn net.Conn
	err  error
}

// newTransport returns the network. Connections that were opened ahead are used first.
func newTransport() (*http.Transport, *dialer) {
	d := &dialer{net: net.Dialer{Timeout: 10 * time.Second}, ahead: map[string]chan dialed{}}
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         d.dial,
		DialTLSContext:      d.dialTLS,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 8,
		IdleConnTimeout:     60 * time.Second,
		// An upload's segments are written in a few large calls; a page of media is read in one.
		WriteBufferSize: 64 << 10,
		ReadBufferSize:  32 << 10,
	}, d
}

// warm starts a connection to the host of address. A failure is not reported: the request then
// dials as usual.
func (d *dialer) warm(ctx context.Context, address string) {
	u, err := url.Parse(address)
	if err != nil {
		return
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err != nil || proxy != nil {
		return // The connection would lead to the proxy.
	}
	open, addr := d.open, hostPort(u)
	if u.Scheme == "https" {
		open = d.openTLS
	}
	ch := make(chan dialed, 1)
	d.mu.Lock()
	d.ahead[addr] = ch
	d.mu.Unlock()
	go func() {
		conn, err := open(ctx, addr)
		ch <- dialed{conn, err}
	}()
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	return net.JoinHostPort(u.Hostname(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
}

func (d *dialer) dial(ctx context.Context, _, addr string) (net.Conn, error) {
	return d.take(ctx, addr, d.open)
}

func (d *dialer) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	return d.take(ctx, addr, d.openTLS)
}

// take returns the connection that was opened ahead, once, or opens one.
func (d *dialer) take(
	ctx context.Context, addr string, open func(context.Context, string) (net.Conn, error),
) (net.Conn, error) {
	d.mu.Lock()
	ch := d.ahead[addr]
	delete(d.ahead, addr)
	d.mu.Unlock()
	if ch == nil {
		return open(ctx, addr)
	}
	select {
	case c := <-ch:
		if c.err == nil {
			return c.conn, nil
		}
		return open(ctx, addr)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (d *dialer) open(ctx context.Context, addr string) (net.Conn, error) {
	return d.net.DialContext(ctx, "tcp", addr)
}

func (d *dialer) openTLS(ctx context.Context, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	td := tls.Dialer{
		NetDialer: &d.net,
		Config:    &tls.Config{ServerName: host, NextProtos: []string{"h2", "http/1.1"}},
	}
	return td.DialContext(ctx, "tcp", addr)
}
