// Package mediahost turns a file on Instagram's media host into the bytes that X takes: a photo
// within X's limits, in memory, or a video as a stream that is resumed where the host breaks off,
// and that is never held or stored.
//
// It sends no token: the addresses are signed. The first bytes of a file decide what it is, not the
// host's header. It refuses a file that is neither a photo nor a video, a host that is slower than
// 64 KiB a second, and plain http to anything but this machine.
package mediahost
