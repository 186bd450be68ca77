"""How much of a target's answer is taken at most (DESIGN §2, rule 5). Beyond a cap a look ends as "too large"."""

#: Status line and headers of one HTTP answer, trailers included.
HEADER_BYTES = 64 * 1024

#: An HTTP body, on the wire and decoded alike.
BODY_BYTES = 1024 * 1024

#: What is kept of a body that nobody wanted: enough to know a provider's notice by its title.
BEGINNING_BYTES = 4 * 1024

#: Redirects followed at most, whatever a request asks for.
REDIRECTS = 5

#: One line of a dialogue, its ending not counted. SMTP allows 512 (RFC 5321 §4.5.3.1.5); IMAP sets no limit, and a
#: mailbox that has collected some hundred keywords names them all in one line when it is opened (RFC 3501 §7.2.6).
LINE_BYTES = 16 * 1024

#: Lines read in a row without one sent: an endless "220-" banner ends here.
REPLY_LINES = 200

#: Everything one dialogue may receive.
DIALOGUE_BYTES = 256 * 1024

#: Everything a peer may send before a TLS handshake is done. OpenSSL's own cap for the chain is 100 KiB.
HANDSHAKE_BYTES = 256 * 1024

#: Names kept of one certificate.
CERTIFICATE_NAMES = 100

#: Certificates read of one chain.
CHAIN_LENGTH = 20

#: The text that `transcript()` answers.
TRANSCRIPT_BYTES = 16 * 1024

#: Characters kept of one line in the transcript.
TRANSCRIPT_LINE = 500

#: Records read of one DNS answer. A zone's own names hold a few dozen at most.
DNS_RECORDS = 500
