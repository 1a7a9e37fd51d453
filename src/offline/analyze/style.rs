//! How one file is told of.

use std::io::{self, Write};

use super::{
    json::Json,
    report::{Report, Summary},
    table::Table,
    why::Why,
};
use crate::audio::Recording;

pub(super) enum Style {
    Json(Json),
    Table(Table),
}

impl Style {
    pub(super) fn new(json: bool, recording: &Recording) -> Self {
        if json {
            Self::Json(Json::new(recording.name(), recording.channels()))
        } else {
            Self::Table(Table::new(recording.channels()))
        }
    }

    pub(super) fn write_head(&self, out: &mut impl Write, recording: &Recording) -> io::Result<()> {
        match self {
            Self::Json(_) => Ok(()),
            Self::Table(table) => table.write_head(out, recording.name(), recording.rate()),
        }
    }

    pub(super) fn write_report(
        &self,
        out: &mut impl Write,
        channel: usize,
        report: &Report,
    ) -> io::Result<()> {
        match self {
            Self::Json(json) => json.write_report(out, channel, report),
            Self::Table(table) => table.write_report(out, channel, report),
        }
    }

    pub(super) fn write_why(
        &self,
        out: &mut impl Write,
        channel: usize,
        why: &Why,
    ) -> io::Result<()> {
        match self {
            Self::Json(json) => {
                let mut reasons = why.reasons().iter();
                reasons.try_for_each(|reason| json.write_reason(out, channel, reason))
            }
            Self::Table(table) => table.write_reasons(out, channel, why),
        }
    }

    pub(super) fn write_summary(
        &self,
        out: &mut impl Write,
        channel: usize,
        summary: &Summary,
    ) -> io::Result<()> {
        match self {
            Self::Json(json) => json.write_summary(out, channel, summary),
            Self::Table(table) => table.write_summary(out, channel, summary),
        }
    }
}
