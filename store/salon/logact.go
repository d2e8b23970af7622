package salon

// What the log calls things that are no act of the matrix: they happen within
// one, or before anybody has asked.
const (
	LogRefused Act = "refused"          // kind act: somebody tried what they may not
	LogReveal  Act = "contact.reveal"   // kind client: a masked contact was shown; detail names the field
	LogMatch   Act = "contact.match"    // kind caller: a whole number was compared; never which
	LogAsk     Act = "approval.ask"     // kind approval
	LogAnswer  Act = "approval.answer"  // kind approval: granted, declined, withdrawn
	LogAlone   Act = "approval.alone"   // kind approval: the owner of a very small salon confirmed alone
	LogMask    Act = "mask.switch"      // kind mask: on, off, fields
	LogExcept  Act = "exception.give"   // kind exception: for one person, until a day
	LogRole    Act = "role.change"      // kind role: old and new grants and fields
	LogMove    Act = "staff.role"       // kind staff: another role, a trial time
	LogJoin    Act = "staff.join"       // kind staff
	LogLeave   Act = "staff.leave"      // kind staff
	LogLogin   Act = "staff.login"      // kind staff: a login given or taken
	LogReview  Act = "permission.check" // kind review: started, decided, signed
	LogPreview Act = "mask.preview"     // kind client: somebody looked at what another person sees

	LogSignIn   Act = "sign-in"         // kind session: detail says by what
	LogSignOut  Act = "sign-out"        // kind session
	LogWrong    Act = "sign-in.wrong"   // kind staff: reason says which secret did not match
	LogStolen   Act = "session.foreign" // kind session: its cookie came from another device, and it was ended
	LogLock     Act = "session.lock"    // kind session: somebody locked the screen
	LogSecret   Act = "account.secret"  // kind staff: a password, PIN, code app, passkey or recovery codes were changed; detail says which
	LogRecovery Act = "account.recover" // kind staff: a recovery code was used
	LogPair     Act = "device.pair"     // kind device: asked, approved, refused, joined
	LogDevice   Act = "device.change"   // kind device: renamed, revoked, lost
	LogAccess   Act = "access.change"   // kind access: from where and when the salon may be used
)
