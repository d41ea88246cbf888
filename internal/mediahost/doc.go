// Package mediahost turns a file on Instagram's media host into the bytes that X will accept: a photo within X's limits,
// in memory, or a video as a stream that is resumed where the host breaks off and never held or stored.
//
// It sends no token: the addresses are signed. It refuses what is no photo or video, whatever the host says it is, and
// plain http to anything but this machine.
package mediahost
