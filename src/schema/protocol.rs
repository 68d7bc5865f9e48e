//! The keywords of IP protocol numbers, in lower case as ECS requires them in `network.transport`; the names of TCP flags.
//!
//! Source: IANA, *Assigned Internet Protocol Numbers*. Numbers that IANA describes without a keyword (61, 63, 68, 99,
//! 114, 253, 254), has not assigned or reserves (255) have none.

/// Returns the keyword of a protocol number.
///
/// ```
/// assert_eq!(vpcflow_ecs::protocol_keyword(6), Some("tcp"));
/// assert_eq!(vpcflow_ecs::protocol_keyword(253), None);
/// ```
pub fn protocol_keyword(number: u8) -> Option<&'static str> {
    KEYWORDS.get(usize::from(number)).copied().filter(|keyword| !keyword.is_empty())
}

#[rustfmt::skip]
const KEYWORDS: [&str; 148] = [
    /*   0 */ "hopopt", "icmp", "igmp", "ggp", "ipv4", "st", "tcp", "cbt", "egp", "igp",
    /*  10 */ "bbn-rcc-mon", "nvp-ii", "pup", "argus", "emcon", "xnet", "chaos", "udp", "mux", "dcn-meas",
    /*  20 */ "hmp", "prm", "xns-idp", "trunk-1", "trunk-2", "leaf-1", "leaf-2", "rdp", "irtp", "iso-tp4",
    /*  30 */ "netblt", "mfe-nsp", "merit-inp", "dccp", "3pc", "idpr", "xtp", "ddp", "idpr-cmtp", "tp++",
    /*  40 */ "il", "ipv6", "sdrp", "ipv6-route", "ipv6-frag", "idrp", "rsvp", "gre", "dsr", "bna",
    /*  50 */ "esp", "ah", "i-nlsp", "swipe", "narp", "min-ipv4", "tlsp", "skip", "ipv6-icmp", "ipv6-nonxt",
    /*  60 */ "ipv6-opts", "", "cftp", "", "sat-expak", "kryptolan", "rvd", "ippc", "", "sat-mon",
    /*  70 */ "visa", "ipcv", "cpnx", "cphb", "wsn", "pvp", "br-sat-mon", "sun-nd", "wb-mon", "wb-expak",
    /*  80 */ "iso-ip", "vmtp", "secure-vmtp", "vines", "iptm", "nsfnet-igp", "dgp", "tcf", "eigrp", "ospfigp",
    /*  90 */ "sprite-rpc", "larp", "mtp", "ax.25", "ipip", "micp", "scc-sp", "etherip", "encap", "",
    /* 100 */ "gmtp", "ifmp", "pnni", "pim", "aris", "scps", "qnx", "a/n", "ipcomp", "snp",
    /* 110 */ "compaq-peer", "ipx-in-ip", "vrrp", "pgm", "", "l2tp", "ddx", "iatp", "stp", "srp",
    /* 120 */ "uti", "smp", "sm", "ptp", "isis over ipv4", "fire", "crtp", "crudp", "sscopmce", "iplt",
    /* 130 */ "sps", "pipe", "sctp", "fc", "rsvp-e2e-ignore", "mobility header", "udplite", "mpls-in-ip", "manet", "hip",
    /* 140 */ "shim6", "wesp", "rohc", "ethernet", "aggfrag", "nsh", "homa", "bit-emu",
];

/// The names of the TCP flags, from the lowest bit up.
pub(crate) const TCP_FLAGS: [&str; 6] = ["fin", "syn", "rst", "psh", "ack", "urg"];

/// True if Elastic's integration and Beats name the protocol.
pub(crate) fn elastic_names(number: u8) -> bool {
    matches!(number, 0 | 1 | 2 | 6 | 8 | 17 | 47 | 50 | 58 | 112 | 132)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_stand_at_their_numbers() {
        let cases = [
            (0, "hopopt"),
            (1, "icmp"),
            (2, "igmp"),
            (4, "ipv4"),
            (6, "tcp"),
            (8, "egp"),
            (17, "udp"),
            (20, "hmp"),
            (27, "rdp"),
            (29, "iso-tp4"),
            (33, "dccp"),
            (41, "ipv6"),
            (43, "ipv6-route"),
            (46, "rsvp"),
            (47, "gre"),
            (50, "esp"),
            (51, "ah"),
            (57, "skip"),
            (58, "ipv6-icmp"),
            (60, "ipv6-opts"),
            (62, "cftp"),
            (64, "sat-expak"),
            (69, "sat-mon"),
            (73, "cphb"),
            (81, "vmtp"),
            (88, "eigrp"),
            (89, "ospfigp"),
            (93, "ax.25"),
            (94, "ipip"),
            (97, "etherip"),
            (98, "encap"),
            (100, "gmtp"),
            (103, "pim"),
            (108, "ipcomp"),
            (112, "vrrp"),
            (115, "l2tp"),
            (124, "isis over ipv4"),
            (132, "sctp"),
            (133, "fc"),
            (135, "mobility header"),
            (136, "udplite"),
            (137, "mpls-in-ip"),
            (138, "manet"),
            (139, "hip"),
            (140, "shim6"),
            (141, "wesp"),
            (142, "rohc"),
            (143, "ethernet"),
            (144, "aggfrag"),
            (145, "nsh"),
            (146, "homa"),
            (147, "bit-emu"),
        ];
        for (number, keyword) in cases {
            assert_eq!(protocol_keyword(number), Some(keyword), "{number}");
        }
        for number in [61, 63, 68, 99, 114, 148, 200, 252, 253, 254, 255] {
            assert_eq!(protocol_keyword(number), None, "{number}");
        }
        assert_eq!((0..=255).filter_map(protocol_keyword).count(), 143);
    }
}
