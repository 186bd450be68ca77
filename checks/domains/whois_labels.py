"""The words registries put before what is read here, normalised by `label_of`.

Collected from the layouts that public WHOIS servers document or show; a label stands here when it is known to mean
one thing. Whatever else stands in an answer is not read.
"""

#: The date on which the registry's own record of the registration ends.
EXPIRY = frozenset(
    {
        "registry expiry date", "expiry date", "expiration date", "expire date", "expires", "expires on", "expires at",
        "expire", "expire on", "expiration", "expiration time", "expiry", "exp date", "expired date", "expired on",
        "expires date", "expiring date",
        "date expires", "date of expiry", "date of expiration", "paid till", "paid until",
        "valid until", "valid till", "valid to", "validity", "registered until", "record expires", "record expires on",
        "record will expire on", "domain expires", "domain expires on", "domain expiry date", "domain expiry",
        "domain expiration date", "domain expiration", "domain name expiration date", "registration expiry date",
        "registry expiration date", "registration expires", "renewal due", "有効期限", "有效期",
        "date d expiration", "date expiration", "fecha de vencimiento", "fecha de expiración", "사용 종료일",
    }
)  # fmt: skip

#: The expiry in some answers, the last renewal in others: read only of servers that are known to mean the first.
RENEWAL = frozenset({"renewal date"})

#: The same at the registrar: it may lie behind the registry's, or be renewed where that is not.
REGISTRARS_EXPIRY = frozenset(
    {"registrar registration expiration date", "registrar registration expiry date", "registrar expiration date"}
)

#: Those of EXPIRY that are also written without a colon: "Record expires on 2027-01-02".
WITHOUT_COLON = (
    "domain expiration date", "record will expire on", "domain expires on", "record expires on", "registered until",
    "expiration date", "domain expires", "record expires", "expiry date", "valid until", "expires on", "expires at",
    "expires", "validity",
)  # fmt: skip

#: The name the answer is about.
DOMAIN = frozenset(
    {"domain name", "domain", "domainname", "domain name ascii", "ace", "nom de domaine", "dominio", "ドメイン名"}
)

#: Within a section of its own, below "Domain:"; elsewhere the name of whatever that section is about.
SECTION_NAME = frozenset({"name"})

#: Headers below which a domain's own dates stand, besides DOMAIN.
DOMAINS_SECTIONS = frozenset(
    {
        "relevant dates", "important dates", "dates", "domain information", "domain info", "domain details",
        "domain data", "domain record", "registration", "registration information", "registration details",
        "registry data", "registry information", "additional info", "additional information", "whois information",
        "domain registration", "record", "whois",
    }
)  # fmt: skip

#: Headers of sections about people and things that have dates of their own.
ABOUT_OTHERS = frozenset(
    {
        "contact", "contacts", "administrative contact", "admin contact", "technical contact", "tech contact",
        "billing contact", "registrant", "registrant contact", "holder", "owner", "person", "organisation",
        "organization", "ssl", "ssl certificate", "certificate", "dnssec", "key", "keys",
    }
)  # fmt: skip

REGISTRAR = ("registrar", "registrar name", "sponsoring registrar", "registrar organization", "current registrar")

NAME_SERVERS = frozenset(
    {
        "name server", "name servers", "nameserver", "nameservers", "nserver", "nservers", "host name", "dns",
        "domain servers in listed order", "domain servers", "domain name servers", "ネームサーバ",
    }
)  # fmt: skip

STATUSES = frozenset({"domain status", "status", "registration status", "eppstatus", "domain state", "状態"})

#: The same, or a part of an address.
PERHAPS_STATUSES = frozenset({"state"})

REFERRALS = frozenset({"registrar whois server", "whois server", "whois"})

#: Read only as a sign that a registration is described.
BEGINNINGS = frozenset(
    {
        "creation date", "created", "created on", "created date", "registered", "registered on", "registration date",
        "registration time", "registered date", "create date", "record created", "record created on",
        "domain registered", "登録年月日", "登録日", "registrant", "registrant name", "holder", "organization", "org",
    }
)  # fmt: skip
