// Package mediahost turns a file on Instagram's media host into the bytes that X takes: a photo
// within X's limits, in memory, or a video as a stream that is resumed where the host breaks off,
// and that is never held or stored.
//
// It sends no token: the addresses are signed. What a file is, its first bytes say, and not the
// host. It refuses what is neither a photo nor a video, a host that drips, and plain http to
// anything but this machine.
package mediahost
