package sim

import (
	"fmt"
	"net"
	"net/http"
	"time"
)

// Server is a world on loopback, a listener for each service.
type Server struct {
	w       *World
	urls    map[string]string
	servers []*http.Server
}

// Serve listens on loopback. addr is "127.0.0.1:0"; with a port p the services are at p, p+1, p+2,
// p+3.
func (w *World) Serve(addr string) (*Server, error) {
	host, port, err := splitAddr(addr)
	if err != nil {
		return nil, err
	}
	s := &Server{w: w, urls: map[string]string{}}
	for i, one := range []struct {
		name string
		h    http.Handler
	}{{"instagram", w.Instagram()}, {"x", w.X()}, {"github", w.GitHub()}, {"media", w.MediaHost()}} {
		p := port
		if p != 0 {
			p += i
		}
		l, err := net.Listen("tcp", fmt.Sprintf("%s:%d", host, p))
		if err != nil {
			s.Close()
			return nil, err
		}
		srv := &http.Server{Handler: one.h, ReadHeaderTimeout: 10 * time.Second}
		s.servers = append(s.servers, srv)
		s.urls[one.name] = "http://" + l.Addr().String()
		go func() { _ = srv.Serve(l) }() // ends with ErrServerClosed
	}
	w.mu.Lock()
	w.mediaBase = s.urls["media"]
	w.mu.Unlock()
	return s, nil
}

func splitAddr(addr string) (host string, port int, err error) {
	a, err := net.ResolveTCPAddr("tcp", addr)
	if err != nil {
		return "", 0, err
	}
	if !a.IP.IsLoopback() {
		return "", 0,
			fmt.Errorf("%s is not a loopback address: the stand-ins accept anybody who can reach them", addr)
	}
	return a.IP.String(), a.Port, nil
}

// URL returns the address at which a service listens.
func (s *Server) URL(service string) string { return s.urls[service] }

// Env returns the environment that points a run at this server.
func (s *Server) Env() map[string]string {
	env := s.w.Env()
	env["INSTAGRAM_API_URL"] = s.urls["instagram"]
	env["X_API_URL"] = s.urls["x"]
	env["X_AUTHORIZE_URL"] = s.urls["x"] + "/i/oauth2/authorize"
	env["GITHUB_API_URL"] = s.urls["github"]
	return env
}

// Close stops listening.
func (s *Server) Close() {
	for _, srv := range s.servers {
		_ = srv.Close()
	}
}
