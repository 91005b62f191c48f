"""Addresses of this room."""

from __future__ import annotations

from django.urls import path

from yipan.base.patients.pages import duplicates, emergency, picking, records

urlpatterns = [
    path("patients/", records.search, name="patients"),
    path("patients/pick", picking.pick, name="patient_pick"),
    path("patients/new", records.new, name="patient_new"),
    path("patients/duplicates", duplicates.queue, name="patient_duplicates"),
    path("patients/duplicates/<uuid:candidate_id>", duplicates.pair, name="patient_duplicate"),
    path("patients/duplicates/<uuid:candidate_id>/different", duplicates.different, name="patient_different"),
    path("patients/duplicates/<uuid:candidate_id>/merge", duplicates.merge_pair, name="patient_merge_pair"),
    path("patients/merges", duplicates.merges, name="patient_merges"),
    path("patients/merges/<uuid:merge_id>/undo", duplicates.undo, name="patient_unmerge"),
    path("patients/<uuid:patient_id>", records.record, name="patient"),
    path("patients/<uuid:patient_id>/emergency", emergency.open_record, name="patient_emergency"),
    path("patients/<uuid:patient_id>/edit", records.edit, name="patient_edit"),
    path("patients/<uuid:patient_id>/identifier", records.identifier, name="patient_identifier"),
    path("patients/<uuid:patient_id>/export", records.export, name="patient_export"),
    path("patients/<uuid:patient_id>/erase", records.erase, name="patient_erase"),
    path("patients/<uuid:patient_id>/merge", duplicates.merge_by_hand, name="patient_merge"),
]
