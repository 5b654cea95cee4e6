//! Which strings are ids, paths and names of time zones.

/// Whether a string is an id: 1 to 256 bytes, no control characters.
pub(crate) fn is_id(text: &[u8]) -> bool {
    let mut last = 0;
    for &byte in text {
        // The control characters above ASCII are written as 0xC2 and a byte up to 0x9F.
        if byte < 0x20 || byte == 0x7f || (last == 0xc2 && byte < 0xa0) {
            return false;
        }
        last = byte;
    }
    (1..=256).contains(&text.len())
}

/// Whether a string is the id of a permission or a category: besides, no white space, no `*`, and no empty
/// part between dots.
pub(crate) fn is_dotted_id(text: &[u8]) -> bool {
    let mut last = 0_u32;
    for &byte in text {
        last = ((last << 8) | u32::from(byte)) & 0xff_ffff;
        // White space above ASCII takes two bytes or three. What of it is a control character is in no id.
        let is_space = matches!(
            last,
            0xe1_9a80 | 0xe2_8080..=0xe2_808a | 0xe2_80a8 | 0xe2_80a9 | 0xe2_80af | 0xe2_819f | 0xe3_8080
        );
        if matches!(byte, b' ' | b'*') || last & 0xffff == 0xc2a0 || is_space {
            return false;
        }
    }
    is_id(text) && has_parts(text, b'.')
}

/// Whether a text is the name of a zone: letters, digits, `_`, `+`, `-`, parts joined by `/`,
/// beginning with a letter.
pub(crate) fn is_zone(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_+-/".contains(byte))
        && has_parts(text, b'/')
}

/// Whether text is parts with `mark` between, none of them empty.
pub(crate) fn has_parts(text: &[u8], mark: u8) -> bool {
    let mut last = mark;
    for &byte in text {
        if byte == mark && last == mark {
            return false;
        }
        last = byte;
    }
    last != mark
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_ids_have_no_white_space() {
        for character in '\0'..=char::MAX {
            let id = alloc::format!("a{character}b");
            let odd = character.is_whitespace() || character.is_control() || character == '*';
            assert_eq!(is_dotted_id(id.as_bytes()), !odd, "{character:?}");
        }
        for bad in ["", ".", "a.", ".a", "a..b", &"a".repeat(257)] {
            assert!(!is_dotted_id(bad.as_bytes()), "{bad}");
        }
        assert!(is_dotted_id(b"a.b.c"));
    }

    #[test]
    fn zones_are_strict() {
        assert!(is_zone(b"Europe/Lisbon") && is_zone(b"Etc/GMT+1") && is_zone(b"UTC"));
        assert!(
            !is_zone(b"") && !is_zone(b"+01:00") && !is_zone(b"Europe/") && !is_zone("Éurope".as_bytes())
        );
    }
}
