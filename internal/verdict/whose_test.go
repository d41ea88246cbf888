package verdict

import "testing"

func TestJudgePost(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   PostRefusal
		want Next
	}{
		// Unknown words: the run stops, the next one asks the same media and then a witness.
		{"the first refusal", PostRefusal{Whose: Unsaid}, Stop},
		{"the first refusal after a post", PostRefusal{Whose: Unsaid, Taken: true}, Stop},
		{"refused again", PostRefusal{Whose: Unsaid, Suspect: true}, AskWitness},
		{"refused again after a post",
			PostRefusal{Whose: Unsaid, Suspect: true, Taken: true}, Stop},
		{"the witness is taken",
			PostRefusal{Whose: Unsaid, Suspect: true, Witness: WitnessTaken}, Own},
		{"and the witness was this run's first post",
			PostRefusal{Whose: Unsaid, Suspect: true, Witness: WitnessTaken, Taken: true}, Own},
		{"the witness is refused",
			PostRefusal{Whose: Unsaid, Suspect: true, Witness: WitnessRefused}, Everybodys},
		{"no witness, second run",
			PostRefusal{Whose: Unsaid, Suspect: true, Witness: NoWitness, Runs: 2}, Stop},
		{"no witness, third run",
			PostRefusal{Whose: Unsaid, Suspect: true, Witness: NoWitness, Runs: 3}, Everybodys},
		{"no witness, fourth run",
			PostRefusal{Whose: Unsaid, Suspect: true, Witness: NoWitness, Runs: 4}, Everybodys},
		{"three runs, not asked again yet", PostRefusal{Whose: Unsaid, Runs: 3}, Stop},
		{"a half-open probe without a witness",
			PostRefusal{Whose: Unsaid, Suspect: true, Probe: 1, Witness: NoWitness}, Everybodys},
		{"the words of a text", PostRefusal{Whose: Text}, Stop},

		// A file that X names.
		{"a file", PostRefusal{Whose: File}, Stop},
		{"a video alone", PostRefusal{Whose: File, AloneVideo: true}, Own},
		{"a video alone, other words", PostRefusal{Whose: Unsaid, AloneVideo: true}, Stop},

		// Words that name the account, the app or X.
		{"the account", PostRefusal{Whose: Everybody}, Everybodys},
		{"the account, after a post", PostRefusal{Whose: Everybody, Taken: true}, Stop},
		{"the account, a reply after its first part",
			PostRefusal{Whose: Everybody, Reply: true, Posted: true}, Stop},
		{"the account, a reply in a run without a post",
			PostRefusal{Whose: Everybody, Reply: true}, Everybodys},
		{"the account, asked again", PostRefusal{Whose: Everybody, Suspect: true}, AskWitness},
		{"the account, the witness is taken",
			PostRefusal{Whose: Everybody, Suspect: true, Witness: WitnessTaken, Taken: true}, Own},
		{"the account, no witness, second run",
			PostRefusal{Whose: Everybody, Suspect: true, Witness: NoWitness, Runs: 2}, Everybodys},
		{"the account, a video alone", PostRefusal{Whose: Everybody, AloneVideo: true}, Everybodys},

		// Automated: more posts make it worse.
		{"automated", PostRefusal{Whose: Automated}, Everybodys},
		{"automated, after a post", PostRefusal{Whose: Automated, Taken: true}, Everybodys},
		{"automated, asked again", PostRefusal{Whose: Automated, Suspect: true}, Everybodys},
		{"automated, third probe",
			PostRefusal{Whose: Automated, Suspect: true, Probe: 3}, Everybodys},
		{"automated, fourth probe",
			PostRefusal{Whose: Automated, Suspect: true, Probe: 4}, AskWitness},
		{"automated, fourth probe, after a post",
			PostRefusal{Whose: Automated, Suspect: true, Probe: 4, Taken: true}, Everybodys},
		{"automated, fourth probe, after a first part",
			PostRefusal{Whose: Automated, Suspect: true, Probe: 4, Reply: true, Posted: true},
			Everybodys},
		{"automated, fourth probe, the witness is taken",
			PostRefusal{Whose: Automated, Suspect: true,
				Probe: 4, Witness: WitnessTaken}, Own},
		{"automated, fourth probe, the witness is refused", PostRefusal{Whose: Automated,
			Suspect: true, Probe: 4, Witness: WitnessRefused}, Everybodys},

		// Replies.
		{"words about replies", PostRefusal{Whose: Replies, Reply: true}, NoThreads},
		{"words about replies, asked again",
			PostRefusal{Whose: Replies, Reply: true, Suspect: true}, NoThreads},
		{"words about replies to a post that is none", PostRefusal{Whose: Replies}, Stop},
		{"a reply", PostRefusal{Whose: Unsaid, Reply: true}, Stop},
		{"a reply, asked again",
			PostRefusal{Whose: Unsaid, Reply: true, Suspect: true}, AskWitness},
		{"a reply, asked again after a post",
			PostRefusal{Whose: Unsaid, Reply: true, Suspect: true, Posted: true}, AskWitness},
		{"a reply, no witness",
			PostRefusal{Whose: Unsaid, Reply: true, Suspect: true, Witness: NoWitness}, NoThreads},
		{"a reply, the witness is refused",
			PostRefusal{Whose: Unsaid, Reply: true, Suspect: true, Witness: WitnessRefused},
			NoThreads},
		{"a reply, the witness is taken",
			PostRefusal{Whose: Unsaid, Reply: true, Suspect: true, Witness: WitnessTaken}, Own},

		// Held by itself: it opens nothing, whatever the words.
		{"held by itself", PostRefusal{Whose: Unsaid, HeldByItself: true}, Own},
		{"held by itself, the account", PostRefusal{Whose: Everybody, HeldByItself: true}, Own},
		{"held by itself, automated", PostRefusal{Whose: Automated, HeldByItself: true}, Own},
		{"held by itself, words about replies",
			PostRefusal{Whose: Replies, Reply: true, HeldByItself: true}, Own},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.Judge(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestJudgeUpload has, for each refusal, whether it opens the incident before another file is
// tried, and what it is when the others were tried.
func TestJudgeUpload(t *testing.T) {
	for _, tt := range []struct {
		name   string
		in     UploadRefusal
		atOnce bool
		want   Next
	}{
		// Unknown words, or a file that X names: the others show whose fault it is.
		{"none is taken", UploadRefusal{Whose: Unsaid}, false, Everybodys},
		{"one is taken", UploadRefusal{Whose: Unsaid, Taken: true}, false, Own},
		{"none is taken, after a post",
			UploadRefusal{Whose: Unsaid, Posted: true}, false, Everybodys},
		{"a video alone", UploadRefusal{Whose: Unsaid, AloneVideo: true}, false, Own},
		{"a file, none is taken", UploadRefusal{Whose: File}, false, Everybodys},
		{"a file, one is taken", UploadRefusal{Whose: File, Taken: true}, false, Own},
		{"a file of a video alone", UploadRefusal{Whose: File, AloneVideo: true}, false, Own},

		// Words that name the account, the app or X.
		{"the account", UploadRefusal{Whose: Everybody}, true, Everybodys},
		{"the account, another file is taken",
			UploadRefusal{Whose: Everybody, Taken: true}, true, Everybodys},
		{"the account, a video alone", UploadRefusal{Whose: Everybody, AloneVideo: true},
			true, Everybodys},
		{"the account, after a post", UploadRefusal{Whose: Everybody, Posted: true}, false, Stop},
		{"the account, after a post whose file was taken",
			UploadRefusal{Whose: Everybody, Posted: true, Taken: true}, false, Stop},
		{"the account, asked again",
			UploadRefusal{Whose: Everybody, Suspect: true}, false, Everybodys},
		{"the account, asked again, one is taken",
			UploadRefusal{Whose: Everybody, Suspect: true, Taken: true}, false, Own},
		{"the account, asked again, a video alone",
			UploadRefusal{Whose: Everybody, Suspect: true, AloneVideo: true}, false, Everybodys},

		// Automated.
		{"automated", UploadRefusal{Whose: Automated}, true, Everybodys},
		{"automated, after a post",
			UploadRefusal{Whose: Automated, Posted: true}, true, Everybodys},
		{"automated, asked again",
			UploadRefusal{Whose: Automated, Suspect: true}, true, Everybodys},
		{"automated, third probe",
			UploadRefusal{Whose: Automated, Probe: 3, Suspect: true, Taken: true},
			true, Everybodys},
		{"automated, fourth probe", UploadRefusal{Whose: Automated, Probe: 4, Suspect: true},
			false, Everybodys},
		{"automated, fourth probe, one is taken",
			UploadRefusal{Whose: Automated, Probe: 4, Suspect: true, Taken: true}, false, Own},
		{"automated, fourth probe, a video alone",
			UploadRefusal{Whose: Automated, Probe: 4, Suspect: true, AloneVideo: true},
			false, Everybodys},
		{"automated, fourth probe, after a post",
			UploadRefusal{Whose: Automated, Probe: 4, Suspect: true, Posted: true},
			true, Everybodys},

		// Held by itself: it opens nothing, whatever the words.
		{"held by itself", UploadRefusal{Whose: Unsaid, HeldByItself: true}, false, Own},
		{"held by itself, the account",
			UploadRefusal{Whose: Everybody, HeldByItself: true}, false, Own},
		{"held by itself, the account, after a post",
			UploadRefusal{Whose: Everybody, HeldByItself: true, Posted: true}, false, Own},
		{"held by itself, automated",
			UploadRefusal{Whose: Automated, HeldByItself: true}, false, Own},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.in.OpensAtOnce(); got != tt.atOnce {
				t.Errorf("at once: %v, want %v", got, tt.atOnce)
			}
			if got := tt.in.Judge(); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}
