# language: nl
Functionaliteit: Bewaren en beëindigen
  Niets blijft langer dan zijn doel. Na het besluit tot afschaling gaat er alleen nog iets voor de overdracht, en dat maar
  kort; een termijn schuift alleen op met een reden en een einde (artikel 11).

  Regel: Een bericht blijft niet langer geldig dan zijn soort toestaat (11.1)

    Achtergrond:
      Gegeven een casus in aanmelding, aangemeld door de gemeente

    @regel-11.1 @toegestaan
    Scenario: De aanmelding is een week geldig
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      En het bericht is 7 dagen geldig
      Dan mag het bericht worden verstuurd

    @regel-11.1 @geweigerd
    Scenario: De aanmelding zou twee maanden geldig blijven
      Als de gemeente de casus aanmeldt om de criteria te toetsen
      En het bericht is 60 dagen geldig
      Dan wordt het bericht geweigerd op regel 11.1
      En leest de afzender: Het bericht blijft langer geldig dan het protocol toestaat. Kies een kortere termijn.

  Regel: Voor de overdracht is na het besluit tot afschaling een maand (11.2a)

    Achtergrond:
      Gegeven een casus in afschaling, aangemeld door de gemeente
      En de reclassering en Veilig Thuis nemen deel aan het overleg
      En de casusregie ligt bij Veilig Thuis

    @regel-11.2a @toegestaan
    Scenario: Tien dagen na het besluit geeft de reclassering nog wat de overdracht nodig heeft
      Gegeven het besluit tot afschaling is 10 dagen oud
      Als de reclassering de woonsituatie van de betrokkene geeft aan Veilig Thuis, om de casus over te dragen
      Dan mag het bericht worden verstuurd

    @regel-11.2a @geweigerd
    Scenario: Twee maanden na het besluit gaat er niets meer
      Gegeven het besluit tot afschaling is 60 dagen oud
      Als de reclassering de woonsituatie van de betrokkene geeft aan Veilig Thuis, om de casus over te dragen
      Dan wordt het bericht geweigerd op regel 11.2a
      En leest de afzender: De tijd voor de overdracht is voorbij; er gaan geen gegevens meer. Laat het huis de casus afsluiten.

  Regel: Een termijn schuift alleen op met een reden en een einde (11.4)

    Achtergrond:
      Gegeven een casus in afschaling, aangemeld door de gemeente

    @regel-11.4 @toegestaan
    Scenario: Het huis vernietigt de gegevens drie maanden later dan na een jaar, omdat een verzoek van de betrokkene nog loopt
      Als het huis besluit de termijn van vernietigen met 90 dagen te verschuiven
      Dan mag het bericht worden verstuurd

    @regel-11.4 @geweigerd
    Scenario: Een termijn schuift niet jaren op
      Als het huis besluit de termijn van vernietigen met 800 dagen te verschuiven
      Dan wordt het bericht geweigerd op regel 11.4
      En leest de afzender: Een termijn schuift hoogstens een jaar op. Kies een eerder einde.
