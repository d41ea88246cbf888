// Package setup is flow 4: the dialogue that takes a person from two accounts to the first mirrored post.
//
// Each step is checked by a real call before the next, and what it gained is written at once: the dialogue can be left at any
// place and taken up again. Secrets are read without an echo, go to the repository sealed, and are never shown. Nothing is
// posted, and the schedule stays silent, until the person says yes.
package setup
